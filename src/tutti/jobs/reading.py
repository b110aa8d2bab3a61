"""Reading jobs: one, a page of them, and what belongs to them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from tutti.jobs.states import State
from tutti.jobs.tables import JOBS, Job, JobCheckpoint, JobPayload, JobResult

_MOST_PARAMETERS = 500  # of one statement; SQLite has a limit
_LISTED = tuple(
    JOBS.c[name]
    for name in (
        "number",
        "id",
        "state",
        "stopped",
        "route_count",
        "attempts",
        "created_at",
        "started_at",
        "ended_at",
        "progress",
        "error_code",
        "error",
    )
)


def try_reading(session: Session) -> None:
    """Raise OperationalError if the store, or its tables, are not there."""
    session.execute(select(Job.number).limit(1))


def find(session: Session, job_id: str) -> Job | None:
    """The job with this id."""
    return session.scalars(select(Job).where(Job.id == job_id)).one_or_none()


def find_by_task(session: Session, task_id: str) -> Job | None:
    """The job that this task is for: the one that it ran last, or the one whose message it came with."""
    ran = session.scalars(select(Job).where(Job.task_id == task_id).order_by(Job.number.desc()).limit(1)).one_or_none()
    return ran or find(session, task_id)


def last_events(session: Session, job_ids: Sequence[str]) -> dict[str, int]:
    """The number of each job's last event."""
    numbers: dict[str, int] = {}
    for first in range(0, len(job_ids), _MOST_PARAMETERS):
        some = job_ids[first : first + _MOST_PARAMETERS]
        found = session.execute(select(Job.id, Job.last_event).where(Job.id.in_(some)))
        numbers.update((job_id, number) for job_id, number in found)
    return numbers


def page(
    session: Session, *, states: Collection[State] = (), before: int | None = None, limit: int = 50
) -> Sequence[Row[Any]]:
    """The newest jobs first, at most `limit`, of the given states (none given: all), numbered below `before`.

    Rows of what lists show: as whole objects, jobs take twice as long to read.
    """
    statement = select(*_LISTED).order_by(JOBS.c.number.desc()).limit(limit)
    if states:
        statement = statement.where(JOBS.c.state.in_(states))
    if before is not None:
        statement = statement.where(JOBS.c.number < before)
    return session.execute(statement).all()


def payload(session: Session, job_id: str) -> str | None:
    """The request's JSON text."""
    return session.scalars(select(JobPayload.content).where(JobPayload.job_id == job_id)).one_or_none()


def planned(session: Session, job_id: str) -> tuple[Job, str | None, str | None] | None:
    """The job, the request's JSON text, and its plan's: of the result, or of the last checkpoint."""
    asked = (
        select(Job, JobPayload.content, func.coalesce(JobResult.document, JobCheckpoint.document))
        .outerjoin(JobPayload, JobPayload.job_id == Job.id)
        .outerjoin(JobResult, JobResult.job_id == Job.id)
        .outerjoin(JobCheckpoint, JobCheckpoint.job_id == Job.id)
        .where(Job.id == job_id)
    )
    found = session.execute(asked).one_or_none()
    return None if found is None else (found[0], found[1], found[2])
