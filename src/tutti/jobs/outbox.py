"""The outbox: queued jobs that a broker has not been told of. It is a column of the jobs, `sent_at`.

A job is accepted in one transaction, which says by itself that its message is to be sent; that is done afterwards, and
again when the message seems to be lost. A message holds no more than the job's id: a second one does no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tutti.jobs.clock import now
from tutti.jobs.states import State
from tutti.jobs.tables import Job
from tutti.jobs.turns import Chore, take_turn


@dataclass(frozen=True, slots=True)
class Message:
    """What a broker is told: run this job, in this queue. again: it was told before, and nobody has claimed the job."""

    job_id: str
    queue: str
    again: bool


def take_unsent(session: Session, queues: Sequence[str], *, again_s: float, limit: int = 100) -> list[Message]:
    """The messages to send, in the order of arrival: new ones, and those sent `again_s` ago for jobs still queued.

    They are marked as sent; `put_back` those that could not be. None while another process is at it.
    """
    if not take_turn(session, Chore.RELAY):
        return []
    unsent = (
        select(Job)
        .where(
            Job.state == State.QUEUED, Job.queue.in_(queues), or_(Job.sent_at.is_(None), Job.sent_at < now(-again_s))
        )
        .order_by(Job.number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    jobs = session.scalars(unsent).all()
    messages = [Message(job.id, job.queue, again=job.sent_at is not None) for job in jobs]
    for job in jobs:
        job.sent_at = now()
    return messages


def put_back(session: Session, messages: Sequence[Message]) -> None:
    """These could not be sent and still have to be."""
    ids = [message.job_id for message in messages]
    session.execute(update(Job).where(Job.id.in_(ids)).values(sent_at=None))
