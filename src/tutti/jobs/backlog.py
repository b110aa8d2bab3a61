"""How much waits and runs: for metrics, and for whoever looks after the service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from tutti.jobs.clock import now
from tutti.jobs.states import ACTIVE, State
from tutti.jobs.tables import Job, JobCheckpoint


@dataclass(frozen=True, slots=True)
class Backlog:
    """The jobs of one queue in one state. unsent: those that the broker was not told of.

    oldest_s: since submission; unsent_s: the same of those that the broker was never told of.
    """

    queue: str
    state: State
    jobs: int
    unsent: int
    oldest_s: float
    unsent_s: float


def backlogs(session: Session) -> Sequence[Backlog]:
    """Each queue's jobs that wait or run; queues without any are left out."""
    never_sent = and_(Job.state == State.QUEUED, Job.sent_at.is_(None), Job.fence == 0)
    asked = (
        select(
            Job.queue,
            Job.state,
            func.count(),
            func.count(Job.sent_at),
            func.min(Job.created_at),
            func.min(Job.created_at).filter(never_sent),
        )
        .where(Job.state.in_(ACTIVE))
        .group_by(Job.queue, Job.state)
        .order_by(Job.queue, Job.state)
    )
    rows = session.execute(asked).all()
    moment = session.scalars(select(now())).one()
    return [
        Backlog(
            queue,
            State(state),
            jobs,
            unsent=jobs - sent if state == State.QUEUED else 0,
            oldest_s=(moment - oldest).total_seconds(),
            unsent_s=(moment - (unsent or moment)).total_seconds(),
        )
        for queue, state, jobs, sent, oldest, unsent in rows
    ]


def checkpoint_ages(session: Session) -> Mapping[str, float]:
    """The age, in seconds, of the oldest checkpoint of the jobs that run in each queue."""
    asked = (
        select(Job.queue, func.min(JobCheckpoint.written_at))
        .join(JobCheckpoint, JobCheckpoint.job_id == Job.id)
        .where(Job.state == State.RUNNING)
        .group_by(Job.queue)
    )
    rows = session.execute(asked).all()
    moment = session.scalars(select(now())).one()
    return {queue: (moment - oldest).total_seconds() for queue, oldest in rows}


def holders(session: Session) -> Mapping[str, int]:
    """Who runs jobs at this moment, and how many."""
    asked = select(Job.holder, func.count()).where(Job.state == State.RUNNING).group_by(Job.holder)
    return {holder or "": jobs for holder, jobs in session.execute(asked)}
