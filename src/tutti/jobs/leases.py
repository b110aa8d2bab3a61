"""Holding a job while it runs: claim, heartbeat, checkpoint, and each of its ends.

A lease is the right to write for one job. Every write is conditional on the fencing token that the claim was given, so
that a holder that was thought dead (paused, cut off, slow) changes no row after someone else took its job over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from tutti.jobs.checkpoints import Checkpoint, kept_and_lost, objection
from tutti.jobs.clock import now
from tutti.jobs.errors import LeaseLostError
from tutti.jobs.events import Event, Kind, change
from tutti.jobs.states import State
from tutti.jobs.tables import CHECKPOINTS, JOBS, PAYLOADS, RESULTS
from tutti.jobs.text import storable
from tutti.telemetry.metrics import CLAIM_SECONDS, FENCE_LOSSES, REQUEUED

# What every job needs is built once.
_WORK = (
    select(PAYLOADS.c.content, JOBS.c.stop_requested, CHECKPOINTS.c.document, CHECKPOINTS.c.spent_s)
    .join(JOBS, JOBS.c.id == PAYLOADS.c.job_id)
    .outerjoin(CHECKPOINTS, CHECKPOINTS.c.job_id == PAYLOADS.c.job_id)
    .where(PAYLOADS.c.job_id == bindparam("job_id"))
)
_KEEP_RESULT = insert(RESULTS)
_DROP_CHECKPOINT = delete(CHECKPOINTS).where(CHECKPOINTS.c.job_id == bindparam("of_job"))

QUEUED_AGAIN: Mapping[str, Any] = {"state": State.QUEUED, "sent_at": None, "holder": None, "lease_until": None}
"""What a job is set to that ran and is to run again: nobody's, and the broker is to be told of it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for a job of a queue, and the token that proves it."""

    job_id: str
    queue: str
    fence: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Work:
    """What a claimed job is about: the request's JSON text and, if an earlier attempt left one, its checkpoint."""

    content: str
    checkpoint: Checkpoint | None
    stop_requested: bool


def claim(
    session: Session,
    *,
    holder: str,
    lease_s: float,
    job_id: str | None = None,
    queues: Sequence[str] | None = None,
    task_id: str | None = None,
) -> Lease | None:
    """Take the job `job_id`, or the queued one that waits longest (in one of `queues`); None if there is none."""
    number = _next_number(session, queues) if job_id is None else None
    if job_id is None and number is None:
        return None
    job = change(
        session,
        JOBS.c.number == number if job_id is None else JOBS.c.id == job_id,
        JOBS.c.state == State.QUEUED,
        events=[Event(Kind.STARTED, {"holder": holder})],
        state=State.RUNNING,
        fence=JOBS.c.fence + 1,
        attempts=JOBS.c.attempts + 1,
        holder=holder,
        lease_until=now(lease_s),
        started_at=func.coalesce(JOBS.c.started_at, now()),
        task_id=task_id,
    )
    if job is None:
        return None
    if job.fence == 1 and job.started_at is not None:
        CLAIM_SECONDS.labels(job.queue).observe((job.started_at - job.created_at).total_seconds())
    return Lease(job.id, job.queue, job.fence, job.attempts)


def _next_number(session: Session, queues: Sequence[str] | None) -> int | None:
    """The job that waits longest and that nobody else is claiming at this moment."""
    waiting = select(JOBS.c.number).where(JOBS.c.state == State.QUEUED)
    if queues is not None:
        waiting = waiting.where(JOBS.c.queue.in_(queues))
    return session.scalar(waiting.order_by(JOBS.c.number).limit(1).with_for_update(skip_locked=True))


def open_work(session: Session, lease: Lease) -> Work:
    """What the claimed job is about. A checkpoint that it can't go on from is left out, with a warning."""
    content, stop_requested, document, spent_s = session.execute(_WORK, {"job_id": lease.job_id}).one()
    if document is None:
        return Work(content, None, stop_requested)
    if (reason := objection(session, lease.job_id)) is not None:
        warn(session, lease, f"{reason}, so solving starts anew")
        session.execute(_DROP_CHECKPOINT, {"of_job": lease.job_id})
        return Work(content, None, stop_requested)
    return Work(content, Checkpoint(document, spent_s), stop_requested)


def beat(
    session: Session, lease: Lease, *, lease_s: float, progress: dict[str, Any] | None, events: Sequence[Event] = ()
) -> bool:
    """Prolong the lease, write the progress and read whether to stop and keep the best plan: one statement."""
    changed = _write(session, lease, events=events, lease_until=now(lease_s), progress=progress)
    return bool(changed.stop_requested)


def warn(session: Session, lease: Lease, message: str) -> None:
    """Note in the job's history what went otherwise than it should, though the job goes on."""
    _write(session, lease, events=[Event(Kind.WARNING, {"message": storable(message)})])


def complete(
    session: Session,
    lease: Lease,
    document: str,
    *,
    stopped: bool,
    progress: dict[str, Any],
    limit_s: float | None = None,
) -> None:
    """End the job with its plan. limit_s: the time limit that it had."""
    event = Event(Kind.COMPLETED, {**progress, "stopped": stopped}, limit_s)
    _end(session, lease, State.COMPLETED, event, stopped=stopped, progress=progress)
    session.execute(_KEEP_RESULT, {"job_id": lease.job_id, "document": document})
    session.execute(_DROP_CHECKPOINT, {"of_job": lease.job_id})


def fail(session: Session, lease: Lease, code: str, message: str, log: Sequence[str] = ()) -> None:
    """End the job without a plan: a word for programs, a sentence for people, the solver's last lines."""
    message = storable(message)
    event = Event(Kind.FAILED, {"error_code": code, "error": message, "log": [storable(line) for line in log]})
    _end(session, lease, State.FAILED, event, error_code=code, error=message)


def hand_back(
    session: Session,
    lease: Lease,
    reason: str,
    *,
    counts: bool,
    solved_s: float | None = None,
    log: Sequence[str] = (),
) -> None:
    """Queue the job again, with the reason. counts=False: the attempt was ended in order and is not held against it.

    solved_s: seconds of solving in all attempts so far.
    """
    account = kept_and_lost(session, lease.job_id, solved_s)
    event = Event(Kind.QUEUED, {"reason": storable(reason), "log": [storable(line) for line in log], **account})
    _write(
        session,
        lease,
        events=[event],
        **QUEUED_AGAIN,
        attempts=JOBS.c.attempts if counts else JOBS.c.attempts - 1,
    )
    REQUEUED.labels(lease.queue, "solver_died" if counts else "shutdown").inc()


def _end(session: Session, lease: Lease, state: State, event: Event, **values: Any) -> None:
    _write(session, lease, events=[event], state=state, holder=None, lease_until=None, ended_at=now(), **values)


def _write(session: Session, lease: Lease, *, events: Sequence[Event], **values: Any) -> Row[Any]:
    """Change the job if the lease is still good; LeaseLostError otherwise."""
    held: tuple[ColumnElement[bool], ...] = (
        JOBS.c.id == lease.job_id,
        JOBS.c.fence == lease.fence,
        JOBS.c.state == State.RUNNING,
    )
    job = change(session, *held, events=events, **values)
    if job is None:
        _count_loss(session, lease)
        raise LeaseLostError(lease.job_id)
    return job


def _count_loss(session: Session, lease: Lease) -> None:
    """Count a lease that went to someone else; one that is over because the job was cancelled, or is gone, did not."""
    found = session.execute(select(JOBS.c.fence, JOBS.c.state).where(JOBS.c.id == lease.job_id)).one_or_none()
    if found is not None and (found.fence, found.state) != (lease.fence, State.CANCELLED):
        FENCE_LOSSES.inc()
