"""Holding a job while it runs: claim, heartbeat, checkpoint, and each of its ends.

A lease is the right to write for one job. Every write is conditional on the fencing token that the claim was given, so
that a holder that was thought dead (paused, cut off, slow) changes no row after someone else took its job over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tutti.jobs.changes import Change
from tutti.jobs.checkpoints import Checkpoint, checkpoint_of, kept_and_lost, objection
from tutti.jobs.database import Writer, once_committed
from tutti.jobs.errors import LeaseLostError
from tutti.jobs.events import Event, Kind, warning_of
from tutti.jobs.lease_statements import (
    BEAT,
    CLAIM,
    CLAIM_NEW,
    COMPLETE,
    DROP_CHECKPOINT,
    EXCUSE,
    FAIL,
    HAND_BACK,
    HAND_BACK_UNCOUNTED,
    HOLD,
    NOTE,
)
from tutti.jobs.states import State
from tutti.jobs.tables import JOBS
from tutti.jobs.text import storable
from tutti.telemetry.metrics import CLAIM_SECONDS, FENCE_LOSSES, REQUEUED

_MOST_CHARACTERS = 4000  # of why a job failed


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for a job of a queue, and the token that proves it. traceparent: the span of its request."""

    job_id: str
    queue: str
    fence: int
    attempt: int
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a claimed job is about: the request's JSON text and, if an earlier attempt left one, its checkpoint."""

    content: str
    checkpoint: Checkpoint | None


def claim(
    session: Session,
    *,
    holder: str,
    lease_s: float,
    job_id: str | None = None,
    queues: Sequence[str] | None = None,
    task_id: str | None = None,
) -> tuple[Lease, Work] | None:
    """Take the job `job_id`, or the queued one that waits longest (in one of `queues`); None if there is none."""
    job_id = job_id or _next(session, queues)
    if job_id is None:
        return None
    claimed = _take(session, CLAIM, of_job=job_id, by=holder, for_s=lease_s, as_task=task_id)
    if claimed is None or claimed[0].fence == 1:
        return claimed
    lease, work = claimed
    return lease, replace(work, checkpoint=_usable_checkpoint(session, lease))


def claim_new(
    writer: Writer, *, holder: str, lease_s: float, job_id: str, task_id: str | None = None
) -> tuple[Lease, Work] | None:
    """Take the job `job_id` if it waits and was never claimed before, so that it has no checkpoint: one statement."""
    return _take(writer, CLAIM_NEW, of_job=job_id, by=holder, for_s=lease_s, as_task=task_id)


def _take(writer: Writer, change: Change, **parameters: Any) -> tuple[Lease, Work] | None:
    job = change.apply(writer, parameters, [Event(Kind.STARTED, {"holder": parameters["by"]})])
    if job is None:
        return None
    if job.fence == 1 and job.started_at is not None:
        waited_s = (job.started_at - job.created_at).total_seconds()
        once_committed(writer, partial(CLAIM_SECONDS.labels(job.queue).observe, waited_s))
    lease = Lease(job.id, job.queue, job.fence, job.attempts, job.traceparent)
    return lease, Work(job.content, None)


def _next(session: Session, queues: Sequence[str] | None) -> str | None:
    """The job that waits longest and that nobody else is claiming at this moment."""
    waiting = select(JOBS.c.id).where(JOBS.c.state == State.QUEUED)
    if queues is not None:
        waiting = waiting.where(JOBS.c.queue.in_(queues))
    return session.scalar(waiting.order_by(JOBS.c.number).limit(1).with_for_update(skip_locked=True))


def _usable_checkpoint(session: Session, lease: Lease) -> Checkpoint | None:
    """What an earlier attempt left. A checkpoint that can't be gone on from is removed, with a warning."""
    if (reason := objection(session, lease.job_id)) is None:
        return checkpoint_of(session, lease.job_id)
    warn(session, lease, f"{reason}, so solving starts anew")
    session.execute(DROP_CHECKPOINT, {"of_job": lease.job_id})
    return None


def beat(
    writer: Writer, lease: Lease, *, lease_s: float, progress: dict[str, Any] | None, events: Sequence[Event] = ()
) -> bool:
    """Prolong the lease, write the progress and read whether to stop and keep the best plan: one statement."""
    changed = _write(writer, lease, BEAT, events, for_s=lease_s, so_far=progress)
    return bool(changed.stop_requested)


def hold(writer: Writer, lease: Lease, *, lease_s: float) -> bool:
    """Prolong the lease and write nothing else, for which a store without room has some; whether to stop, as `beat`."""
    return bool(_write(writer, lease, HOLD, [], for_s=lease_s).stop_requested)


def warn(writer: Writer, lease: Lease, message: str) -> None:
    """Note in the job's history what went otherwise than it should, though the job goes on."""
    _write(writer, lease, NOTE, [warning_of(message)])


def complete(
    writer: Writer,
    lease: Lease,
    document: str,
    *,
    stopped: bool,
    progress: dict[str, Any],
    limit_s: float | None = None,
    warning: str | None = None,
) -> None:
    """End the job with its plan. limit_s: the time limit that it had. warning: noted before the end, see `warn`."""
    event = Event(Kind.COMPLETED, {**progress, "stopped": stopped}, limit_s)
    events = [event] if warning is None else [warning_of(warning), event]
    _write(writer, lease, COMPLETE, events, on_request=stopped, so_far=progress, with_document=document)


def fail(writer: Writer, lease: Lease, code: str, message: str, log: Sequence[str] = ()) -> None:
    """End the job without a plan: a word for programs, a sentence for people, the solver's last lines."""
    message = _in_short(storable(message))
    event = Event(Kind.FAILED, {"error_code": code, "error": message, "log": [storable(line) for line in log]})
    _write(writer, lease, FAIL, [event], why=code, in_words=message)


def _in_short(message: str) -> str:
    """Lists of jobs show it, and a day that can't be planned may have a reason for each of its routes."""
    if (further := len(message) - _MOST_CHARACTERS) <= 0:
        return message
    return f"{message[:_MOST_CHARACTERS]}... and {further} characters more, which `tutti solve` tells of the same day"


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
    _write(session, lease, HAND_BACK if counts else HAND_BACK_UNCOUNTED, [event])
    once_committed(session, REQUEUED.labels(lease.queue, "solver_died" if counts else "shutdown").inc)


def excuse(writer: Writer, lease: Lease) -> bool:
    """Take back that an attempt counts: the lease ran out, but its holder lives and was only late.

    Whether that changed anything: not if the job has ended meanwhile, or was claimed very often already.
    """
    message = f"the holder of attempt {lease.attempt} was only late, not dead, so that attempt does not count"
    return EXCUSE.apply(writer, {"of_job": lease.job_id}, [warning_of(message)]) is not None


def _write(writer: Writer, lease: Lease, change: Change, events: Sequence[Event], **parameters: Any) -> Row[Any]:
    """Change the job if the lease is still good; LeaseLostError otherwise."""
    held = {"of_job": lease.job_id, "with_fence": lease.fence}
    job = change.apply(writer, held | parameters, events)
    if job is None:
        _count_loss(writer, lease)
        raise LeaseLostError(lease.job_id)
    return job


def _count_loss(writer: Writer, lease: Lease) -> None:
    """Count a lease that went to someone else; one that is over because the job was cancelled, or is gone, did not."""
    found = writer.execute(select(JOBS.c.fence, JOBS.c.state).where(JOBS.c.id == lease.job_id)).one_or_none()
    if found is not None and (found.fence, found.state) != (lease.fence, State.CANCELLED):
        FENCE_LOSSES.inc()
