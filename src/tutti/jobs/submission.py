"""Taking a job in: the job, its payload and its first event, in one transaction."""

import hashlib
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tutti.jobs.errors import KeyReusedError
from tutti.jobs.events import Event, Kind, tell
from tutti.jobs.states import ACTIVE, State
from tutti.jobs.tables import Job, JobEvent, JobPayload


@dataclass(frozen=True, slots=True)
class Submission:
    """A request to plan: its JSON text, who sent it, the queue that it goes into, the span that it came in."""

    content: str
    route_count: int
    client: str
    queue: str
    idempotency_key: str | None = None
    traceparent: str | None = None


def submit(session: Session, submission: Submission, *, job_id: str | None = None) -> tuple[Job, bool]:
    """Store a new job, queued; the earlier one if its idempotency key and content came before. And whether it is new.

    Raises KeyReusedError if the key came before with other content.
    """
    digest = hashlib.sha256(submission.content.encode()).hexdigest()
    if (earlier := _earlier(session, submission.idempotency_key, digest)) is not None:
        return earlier, False
    job = Job(
        id=job_id or str(uuid4()),
        queue=submission.queue,
        route_count=submission.route_count,
        client=submission.client,
        idempotency_key=submission.idempotency_key,
        content_sha256=digest,
        traceparent=submission.traceparent,
        last_event=1,
    )
    try:
        with session.begin_nested():
            session.add(job)
            session.flush()
    except IntegrityError:  # the same key came at the same moment
        if (earlier := _earlier(session, submission.idempotency_key, digest)) is None:
            raise
        return earlier, False
    session.add(JobPayload(job_id=job.id, content=submission.content))
    session.add(JobEvent(job_id=job.id, number=1, kind=Kind.QUEUED, data={}))
    tell(session, job, Event(Kind.QUEUED))
    return job, True


def queued_count(session: Session) -> int:
    """Jobs that wait."""
    return session.scalar(select(func.count()).where(Job.state == State.QUEUED)) or 0


def active_count(session: Session, client: str) -> int:
    """Jobs of one client that wait or run."""
    return session.scalar(select(func.count()).where(Job.client == client, Job.state.in_(ACTIVE))) or 0


def _earlier(session: Session, key: str | None, digest: str) -> Job | None:
    if key is None:
        return None
    job = session.scalars(select(Job).where(Job.idempotency_key == key)).one_or_none()
    if job is not None and job.content_sha256 != digest:
        raise KeyReusedError(key)
    return job
