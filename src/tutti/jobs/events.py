"""What happened to jobs: recorded, counted and logged; `tutti.jobs.changes` has it come with each change of a job."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from tutti.jobs.database import Writer, once_committed
from tutti.jobs.tables import EVENTS, Job, JobEvent
from tutti.jobs.text import storable
from tutti.telemetry.counting import count_job_event

logger = logging.getLogger(__name__)

_RECORD = insert(EVENTS)


class Kind(StrEnum):
    """What can happen to a job. `queued` again after `started` says why in its data, `warning` in its `message`."""

    QUEUED = "queued"
    STARTED = "started"
    PROGRESS = "progress"
    INCUMBENT = "incumbent"
    BOUND = "bound"
    WARNING = "warning"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


_LEVELS = {
    Kind.QUEUED: logging.INFO,
    Kind.STARTED: logging.INFO,
    Kind.COMPLETED: logging.INFO,
    Kind.CANCELLED: logging.INFO,
    Kind.FAILED: logging.WARNING,
    Kind.WARNING: logging.WARNING,
}
"""What is worth a line in the log."""
_LOGGED = {"holder": "holder", "reason": "reason", "code": "error_code", "seconds": "seconds"}
"""What the line says of it; the sentence of an error is left out, for it may name what is in the day."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, before it has its number. limit_s: the job's time limit, of its end; only counted."""

    kind: Kind
    data: dict[str, Any] = field(default_factory=dict)
    limit_s: float | None = None


def warning_of(message: str) -> Event:
    """That something went otherwise than it should, though the job goes on."""
    return Event(Kind.WARNING, {"message": storable(message)})


def tell(writer: Writer, job: Job | Row[Any], event: Event) -> None:
    """Count what happened, and log it, once it is committed: else it did not happen."""
    once_committed(writer, partial(_tell, job, event))


def _tell(job: Job | Row[Any], event: Event) -> None:
    _count(job, event)
    level = _LEVELS.get(event.kind)
    if level is None or not logger.isEnabledFor(level):
        return
    about = {name: event.data[key] for name, key in _LOGGED.items() if key in event.data}
    if job.traceparent:
        about["trace_id"] = job.traceparent.split("-")[1]  # whoever claims it, or takes it back, is in no span of it
    text = event.data["message"] if event.kind == Kind.WARNING else f"job {event.kind}"
    logger.log(level, "%s", text, extra={"job_id": job.id, "queue": job.queue, "attempt": job.attempts, **about})


def _count(job: Job | Row[Any], event: Event) -> None:
    age_s = None if job.ended_at is None else (job.ended_at - job.created_at).total_seconds()
    count_job_event(job.queue, event.kind, event.data, age_s=age_s, limit_s=event.limit_s)


def record(writer: Writer, job_id: str, events: Sequence[Event], *, first: int) -> None:
    """Write events that are numbered from `first` on; only by whoever has changed the job's `last_event` to match."""
    if not events:
        return
    numbered = enumerate(events, first)
    rows = [{"job_id": job_id, "number": number, "kind": event.kind, "data": event.data} for number, event in numbered]
    writer.execute(_RECORD, rows if len(rows) > 1 else rows[0])  # many rows take another, slower way


def events_after(session: Session, job_id: str, number: int, limit: int = 500) -> Sequence[JobEvent]:
    """The events of a job whose numbers are above `number`, at most `limit`, in order."""
    statement = select(JobEvent).where(JobEvent.job_id == job_id, JobEvent.number > number)
    return session.scalars(statement.order_by(JobEvent.number).limit(limit)).all()
