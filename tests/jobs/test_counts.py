"""What Prometheus is told of leases, recoveries and circuits."""

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update

from tests.jobs.conftest import Claimed, Submitted
from tutti.jobs.backlog import backlogs, checkpoint_ages
from tutti.jobs.checkpoints import Checkpoint, save_checkpoint
from tutti.jobs.circuit import Circuit
from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.errors import LeaseLostError
from tutti.jobs.leases import Lease, beat, claim, hand_back
from tutti.jobs.recovery import recover
from tutti.jobs.requests import cancel
from tutti.jobs.tables import Job

Counted = Callable[..., float]


@pytest.fixture
def counted() -> Counted:
    """How much more there is of a metric than at the first call for it."""
    before: dict[str, float] = {}

    def more(name: str, **labels: str) -> float:
        value = REGISTRY.get_sample_value(name, labels) or 0.0
        return value - before.setdefault(f"{name}{labels}", value)

    return more


def lose(database: Database, lease: Lease) -> None:
    """Find out that the lease is over."""
    with database.writing() as session, pytest.raises(LeaseLostError):
        beat(session, lease, lease_s=60, progress=None)


def test_a_write_of_a_holder_that_was_thought_dead_is_counted(
    database: Database, submitted: Submitted, claimed: Claimed, counted: Counted
) -> None:
    counted("tutti_fence_losses_total")
    counted("tutti_requeued_jobs_total", queue="embedded", cause="holder_lost")
    lease = claimed(submitted(), lease_s=-1)
    with database.writing() as session:
        recover(session, max_attempts=3)
    lose(database, lease)
    claimed(lease.job_id)
    lose(database, lease)
    assert counted("tutti_fence_losses_total") == 2
    assert counted("tutti_requeued_jobs_total", queue="embedded", cause="holder_lost") == 1


def test_a_write_for_a_cancelled_job_is_no_loss(
    database: Database, submitted: Submitted, claimed: Claimed, counted: Counted
) -> None:
    counted("tutti_fence_losses_total")
    lease = claimed(submitted())
    with database.writing() as session:
        cancel(session, lease.job_id)
    lose(database, lease)
    assert counted("tutti_fence_losses_total") == 0


@pytest.mark.parametrize(("counts", "cause"), [(False, "shutdown"), (True, "solver_died")])
def test_a_job_that_is_handed_back_is_counted_by_its_cause(
    database: Database, submitted: Submitted, claimed: Claimed, counted: Counted, counts: bool, cause: str
) -> None:
    counted("tutti_requeued_jobs_total", queue="embedded", cause=cause)
    lease = claimed(submitted())
    with database.writing() as session:
        hand_back(session, lease, "it had to be", counts=counts)
    assert counted("tutti_requeued_jobs_total", queue="embedded", cause=cause) == 1


def test_the_wait_for_the_first_claim_is_counted_once(
    database: Database, submitted: Submitted, claimed: Claimed, counted: Counted
) -> None:
    counted("tutti_claim_seconds_count", queue="embedded")
    lease = claimed(submitted())
    with database.writing() as session:
        hand_back(session, lease, "it had to be", counts=False)
        claim(session, holder="another", lease_s=60)
    assert counted("tutti_claim_seconds_count", queue="embedded") == 1


def test_the_oldest_checkpoint_of_those_that_run_is_told(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        assert checkpoint_ages(session) == {}
        save_checkpoint(session, lease.job_id, Checkpoint("{}", 1.0))
    with database.reading() as session:
        (age_s,) = checkpoint_ages(session).values()
    assert 0 <= age_s < 60


def test_a_job_that_ran_before_is_none_that_the_broker_was_never_told_of(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    new, before = submitted(), claimed(submitted())
    with database.writing() as session:
        session.execute(update(Job).where(Job.id == before.job_id).values(created_at=now(-3600)))
        hand_back(session, before, "shutdown", counts=False)
    with database.reading() as session:
        (waiting,) = backlogs(session)
    assert (waiting.jobs, waiting.unsent) == (2, 2)
    assert waiting.oldest_s >= 3600 > waiting.unsent_s
    with database.writing() as session:
        session.execute(update(Job).where(Job.id == new).values(created_at=now(-600)))
    with database.reading() as session:
        (waiting,) = backlogs(session)
    assert 600 <= waiting.unsent_s < 3600


def test_a_circuit_that_opens_is_counted_once_however_often_it_refuses(counted: Counted) -> None:
    counted("tutti_circuit_openings_total", dependency="well")
    circuit = Circuit("well", (ConnectionError,), OSError, most_failures=2, pause_s=60)
    for _ in range(5):
        with pytest.raises(OSError), circuit.passing():  # noqa: PT011  # a ConnectionError is one
            raise ConnectionError
    assert counted("tutti_circuit_openings_total", dependency="well") == 1
