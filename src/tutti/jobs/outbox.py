"""The outbox: queued jobs that a broker has not been told of. It is a column of the jobs, `sent_at`.

A job is accepted in one transaction, which says by itself that its message is to be sent; that is done afterwards, and
again when the message seems to be lost. A message holds no more than the job's id: a second one does no harm.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import ColumnElement, and_, false, or_, select, update
from sqlalchemy.orm import Session

from tutti.jobs.clock import now
from tutti.jobs.database import Writer
from tutti.jobs.states import State
from tutti.jobs.tables import JOBS, Job
from tutti.jobs.turns import Chore, take_turn

_ON_ITS_WAY_S = 1.0  # from the outbox to the broker, or from there to whoever claims the job
_AT_ONCE = 100  # messages


class Rank(IntEnum):
    """Who is served first within a queue: jobs that ran before, then those whose message was lost, then new ones."""

    RESUMED = 0
    LATE = 1
    NEW = 2


@dataclass(frozen=True, slots=True)
class Message:
    """What a broker is told: run this job, in this queue, before those of a higher rank."""

    job_id: str
    queue: str
    rank: Rank


def take_unsent(session: Session, queues: Sequence[str]) -> list[Message]:
    """The messages that were not sent yet, in the order of arrival.

    They are marked as sent; `put_back` those that could not be. Empty while another process is at it.
    """
    return _take(session, and_(Job.queue.in_(queues), Job.sent_at.is_(None)), Rank.NEW)


def look(writer: Writer, queues: Sequence[str], *, again_s: float) -> tuple[bool, list[str]]:
    """Whether there are messages that were not sent yet; and the silent queues.

    Those are the ones with a job that nobody has claimed, though it was sent `again_s` ago.
    """
    is_unsent = JOBS.c.sent_at.is_(None)
    told_of = or_(is_unsent, JOBS.c.sent_at < now(-again_s))
    waiting = and_(JOBS.c.state == State.QUEUED, JOBS.c.queue.in_(queues), told_of)
    found = writer.execute(select(JOBS.c.queue, is_unsent.label("is_unsent")).where(waiting).distinct()).all()
    return any(row.is_unsent for row in found), [row.queue for row in found if not row.is_unsent]


def take_lost(session: Session, empty: Collection[str], queues: Sequence[str], *, again_s: float) -> list[Message]:
    """As `take_unsent` does, messages that are lost.

    That is seen by a queue in which nothing waits (`empty`): then all are that are not on their way just now; or, of a
    message that was sent `again_s` ago, by a job that came later and was started first: a queue is served in order.
    """
    swept = and_(Job.queue.in_(empty), Job.sent_at < now(-min(again_s, _ON_ITS_WAY_S)))
    overtaken = or_(false(), *(_overtaken(session, queue) for queue in queues))
    return _take(session, or_(swept, and_(Job.sent_at < now(-again_s), overtaken)), Rank.LATE)


def put_back(session: Session, messages: Sequence[Message]) -> None:
    """These could not be sent and still have to be."""
    ids = [message.job_id for message in messages]
    session.execute(update(Job).where(Job.id.in_(ids)).values(sent_at=None))


def _take(session: Session, condition: ColumnElement[bool], rank: Rank) -> list[Message]:
    if not take_turn(session, Chore.RELAY):
        return []
    waiting = select(Job).where(Job.state == State.QUEUED, condition).order_by(Job.number).limit(_AT_ONCE)
    jobs = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    for job in jobs:
        job.sent_at = now()
    return [Message(job.id, job.queue, Rank.RESUMED if job.fence else rank) for job in jobs]


def _overtaken(session: Session, queue: str) -> ColumnElement[bool]:
    """The job was sent before one that arrived later was started, for the first time.

    Two of those are looked at: the last one that arrived, and the one that was started last of all that run. The first
    alone is not enough once a queue was out of order: it may have been started long before.
    """
    started = select(Job.number, Job.started_at).where(Job.queue == queue, Job.started_at.is_not(None))
    looked_at = [
        *session.execute(started.order_by(Job.number.desc()).limit(1)),
        *session.execute(started.where(Job.state == State.RUNNING).order_by(Job.started_at.desc()).limit(1)),
    ]
    before = (and_(Job.number < later.number, Job.sent_at < later.started_at) for later in looked_at)
    return and_(Job.queue == queue, or_(false(), *before))
