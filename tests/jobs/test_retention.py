"""What becomes of jobs that ended long ago."""

from sqlalchemy import select, update

from tests.jobs.conftest import Claimed, Submitted
from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.leases import Lease, complete
from tutti.jobs.reading import page
from tutti.jobs.retention import remove_old
from tutti.jobs.tables import Job, JobEvent, JobPayload, JobResult

_DAY_S = 24 * 3600


def ended(database: Database, lease: Lease, days_ago: float) -> str:
    with database.writing() as session:
        complete(session, lease, "{}", stopped=False, progress={})
        session.execute(update(Job).where(Job.id == lease.job_id).values(ended_at=now(-days_ago * _DAY_S)))
    return lease.job_id


def left(database: Database) -> list[str]:
    with database.reading() as session:
        return [job.id for job in page(session)]


def test_jobs_that_ended_long_ago_go_with_all_that_belongs_to_them(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    ended(database, claimed(submitted()), 10.1)
    young = ended(database, claimed(submitted()), 9.9)
    with database.writing() as session:
        assert remove_old(session, days=10) == 1
    assert left(database) == [young]
    with database.reading() as session:
        for table in (JobPayload, JobResult, JobEvent):
            assert session.scalars(select(table.job_id).distinct()).all() == [young]


def test_a_job_in_use_is_never_removed_however_old_it_is(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    running, waiting = claimed(submitted()).job_id, submitted()
    with database.writing() as session:
        session.execute(update(Job).values(created_at=now(-1000 * _DAY_S), started_at=now(-1000 * _DAY_S)))
    with database.writing() as session:
        assert remove_old(session, days=1) == 0
    assert left(database) == [waiting, running]


def test_a_batch_has_a_limit_and_the_oldest_end_first(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    jobs = [ended(database, claimed(submitted()), days_ago) for days_ago in (2, 5, 3, 4)]
    with database.writing() as session:
        assert remove_old(session, days=1, limit=3) == 3
    assert left(database) == jobs[:1]
