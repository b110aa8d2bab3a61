"""Several processes look after one job store."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from tests.stores import store_at
from tests.waiting import soon
from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.leases import Lease, beat, claim
from tutti.jobs.outbox import take_unsent
from tutti.jobs.recovery import give_time, recover, recover_from
from tutti.jobs.retention import remove_old
from tutti.jobs.tables import Job
from tutti.jobs.turns import Chore, take_turn

pytestmark = pytest.mark.server


@pytest.fixture
def store_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def other(postgres_url: str) -> Iterator[Database]:
    """The connections of another process."""
    with closing(store_at(postgres_url)) as other:
        yield other


def test_one_process_at_a_time_takes_jobs_back(
    database: Database, other: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    job_id = submitted()
    claimed(job_id, lease_s=-1)
    with database.writing() as session:
        assert take_turn(session, Chore.RECOVERY)
        with other.writing() as elsewhere:
            assert recover(elsewhere, max_attempts=3) == []
            assert not give_time(elsewhere, lease_s=60)
            assert take_turn(elsewhere, Chore.RELAY)
    with other.writing() as elsewhere:
        assert recover(elsewhere, max_attempts=3) == [job_id]


def test_a_job_is_not_taken_back_while_its_holder_prolongs_its_lease(
    database: Database, other: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    lease = claimed(submitted(), lease_s=-1)
    with database.writing() as session:
        beat(session, lease, lease_s=60, progress=None)
        with other.writing() as elsewhere:
            assert recover(elsewhere, max_attempts=3) == []
            assert recover_from(elsewhere, "a worker", max_attempts=3) == []


def test_nobody_waits_for_a_job_that_another_process_is_claiming(
    database: Database, other: Database, submitted: Callable[..., str]
) -> None:
    submitted()
    second = submitted()
    with database.writing() as session:
        assert claim(session, holder="a worker", lease_s=60) is not None
        with other.writing() as elsewhere:
            assert [message.job_id for message in take_unsent(elsewhere, ["embedded"])] == [second]
            claimed = claim(elsewhere, holder="another", lease_s=60)
    assert claimed is not None
    assert claimed[0].job_id == second


def test_one_process_at_a_time_removes_old_jobs(
    database: Database, other: Database, submitted: Callable[..., str]
) -> None:
    submitted()
    with database.writing() as session:
        session.execute(update(Job).values(ended_at=now(-1_000_000)))
    with database.writing() as session:
        assert take_turn(session, Chore.RETENTION)
        with other.writing() as elsewhere:
            assert remove_old(elsewhere, days=1) == 0
    with other.writing() as elsewhere:
        assert remove_old(elsewhere, days=1) == 1


def test_one_process_at_a_time_sends_messages(
    database: Database, other: Database, submitted: Callable[..., str]
) -> None:
    submitted()
    with database.writing() as session:
        assert take_turn(session, Chore.RELAY)
        with other.writing() as elsewhere:
            assert take_unsent(elsewhere, ["embedded"]) == []


def test_a_process_that_falls_silent_loses_its_turn_and_its_locks(
    database: Database, postgres_url: str, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    """As a process does that is stopped, or whose node is lost, in the middle of a round."""
    job_id = submitted()
    claimed(job_id, lease_s=-1)
    with closing(store_at(postgres_url, database_idle_s=1)) as other:  # whose server cuts those that are idle for 1 s
        silent = other.writing()
        session = silent.__enter__()
        assert recover(session, max_attempts=3) == [job_id]

        def recovered() -> list[str]:
            with database.writing() as looking:
                return recover(looking, max_attempts=3)

        assert soon(recovered) == [job_id]
        with pytest.raises(OperationalError):
            silent.__exit__(None, None, None)
