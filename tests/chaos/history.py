"""What the job store says happened: to each job of a run, and to those that run at a moment."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from tutti.jobs.states import State
from tutti.jobs.tables import Job, JobEvent, JobResult

TERMINAL = (State.COMPLETED, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a job. at: seconds since 1970 by the database's clock."""

    number: int
    kind: str
    at: float
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """A job as it is now and all that happened to it, in order. results: rows that hold a result of it."""

    job_id: str
    state: str
    fence: int
    results: int
    happenings: tuple[Happening, ...]

    def after(self, moment: float, kind: str) -> list[float]:
        """When this happened to it after a moment."""
        return [one.at for one in self.happenings if one.kind == kind and one.at > moment]


@dataclass(frozen=True, slots=True)
class Running:
    """A job that runs: who holds it, the attempts so far, and the seconds of solving that are in no checkpoint yet."""

    job_id: str
    holder_pid: int
    attempts: int
    solved_s: float
    unsaved_s: float


_RUNNING = """
SELECT jobs.id, holder, attempts, coalesce((progress->>'seconds')::float, 0),
    extract(epoch FROM clock_timestamp() - (SELECT max(at) FROM job_events WHERE job_id = jobs.id))::float,
    coalesce((SELECT spent_s FROM job_checkpoints WHERE job_id = jobs.id), 0)
FROM jobs WHERE state = 'running'"""


def histories(engine: Engine, customer: str) -> list[History]:
    """Of all jobs of a customer, in the order of arrival."""
    results = select(func.count()).where(JobResult.job_id == Job.id).scalar_subquery()
    theirs = Job.idempotency_key.startswith(f"{customer}-")
    happenings: dict[str, list[Happening]] = {}
    with Session(engine) as session:
        jobs = session.execute(select(Job, results).where(theirs).order_by(Job.number)).all()
        events = select(JobEvent).join(Job, Job.id == JobEvent.job_id).where(theirs).order_by(JobEvent.number)
        for event in session.scalars(events):
            happening = Happening(event.number, event.kind, event.at.timestamp(), event.data)
            happenings.setdefault(event.job_id, []).append(happening)
    return [History(job.id, job.state, job.fence, count, tuple(happenings.get(job.id, ()))) for job, count in jobs]


def running(engine: Engine) -> list[Running]:
    """The jobs that run now."""
    with engine.begin() as connection:
        return [_running(*row) for row in connection.execute(text(_RUNNING))]


def _running(job_id: str, holder: str, attempts: int, reported_s: float, silent_s: float, saved_s: float) -> Running:
    solved_s = reported_s + silent_s if reported_s else 0.0
    return Running(job_id, int(holder.rpartition("/")[2]), attempts, solved_s, max(0.0, solved_s - saved_s))
