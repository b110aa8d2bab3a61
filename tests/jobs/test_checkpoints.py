"""What the next attempt finds of the one before."""

import pytest
from sqlalchemy import update

from tutti.jobs.backlog import checkpoint_ages
from tutti.jobs.checkpoints import Checkpoint, checkpoint_of, note_spent, save_checkpoint
from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.events import events_after
from tutti.jobs.leases import Lease, claim, hand_back
from tutti.jobs.tables import JobCheckpoint


def leave(database: Database, lease: Lease) -> None:
    """A checkpoint, and the job back in the queue."""
    with database.writing() as session:
        save_checkpoint(session, lease.job_id, Checkpoint("{}", 8.0))
        hand_back(session, lease, "shutdown", counts=False)


@pytest.mark.parametrize(
    ("change", "words"), [({"format": 0}, "format 0"), ({"content_sha256": "x"}, "another problem")]
)
def test_a_checkpoint_that_can_not_be_gone_on_from_is_removed_with_a_warning(
    database: Database, lease: Lease, change: dict[str, object], words: str
) -> None:
    leave(database, lease)
    with database.writing() as session:
        session.execute(update(JobCheckpoint).values(**change))
    with database.writing() as session:
        again = claim(session, holder="another", lease_s=60)
        assert again is not None
        assert again[1].checkpoint is None
    with database.reading() as session:
        warning = events_after(session, lease.job_id, 0)[-1]
        assert checkpoint_of(session, lease.job_id) is None  # nor told of as the job's best plan
    assert warning.kind == "warning"
    assert words in warning.data["message"]


def test_the_seconds_that_a_plan_has_cost_are_kept_without_the_plan(database: Database, lease: Lease) -> None:
    leave(database, lease)
    with database.writing() as session:
        note_spent(session, lease.job_id, 13.0)
        again = claim(session, holder="another", lease_s=60)
        assert again is not None
        assert again[1].checkpoint == Checkpoint("{}", 13.0)


def test_an_attempt_that_told_of_less_solving_than_its_checkpoint_stands_for_has_lost_nothing(
    database: Database, lease: Lease
) -> None:
    leave(database, lease)
    with database.reading() as session:
        given_back = events_after(session, lease.job_id, 0)[-1]
    assert given_back.data["kept_s"] == 8.0
    assert "lost_s" not in given_back.data


def test_what_was_solved_after_the_checkpoint_is_lost(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        save_checkpoint(session, lease.job_id, Checkpoint("{}", 8.0))
        hand_back(session, lease, "the solver died", counts=True, solved_s=11.5)
    with database.reading() as session:
        given_back = events_after(session, lease.job_id, 0)[-1]
    assert (given_back.data["kept_s"], given_back.data["lost_s"]) == (8.0, 3.5)


def test_a_checkpoint_whose_plan_is_still_the_best_is_as_young_as_its_seconds(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        save_checkpoint(session, lease.job_id, Checkpoint("{}", 8.0))
    with database.writing() as session:
        session.execute(update(JobCheckpoint).values(written_at=now(-3600)))
        assert checkpoint_ages(session)["embedded"] >= 3600
        note_spent(session, lease.job_id, 13.0)
        assert checkpoint_ages(session)["embedded"] < 3600
