"""Removing jobs that ended long ago, in small batches, so that no lock is held for long."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tutti.jobs.clock import now
from tutti.jobs.tables import Job
from tutti.jobs.turns import Chore, take_turn

_DAY_S = 24 * 3600


def remove_old(session: Session, *, days: int, limit: int = 100) -> int:
    """Remove at most `limit` jobs that ended more than `days` ago, with all that belongs to them; how many went.

    Jobs that wait or run have no end, and are never touched. 0 while another process is at it.
    """
    if not take_turn(session, Chore.RETENTION):
        return 0
    old = select(Job.number).where(Job.ended_at < now(-days * _DAY_S)).order_by(Job.ended_at).limit(limit)
    return len(session.scalars(delete(Job).where(Job.number.in_(old)).returning(Job.number)).all())
