"""Taking jobs back from holders that are gone: they are silent, or somebody saw them die."""

from sqlalchemy import ColumnElement, Connection, Dialect, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from tutti.jobs.changes import Change
from tutti.jobs.checkpoints import kept_and_lost
from tutti.jobs.clock import now
from tutti.jobs.database import once_committed
from tutti.jobs.events import Event, Kind
from tutti.jobs.holders import is_connected
from tutti.jobs.lease_statements import ENDED, QUEUED_AGAIN
from tutti.jobs.states import State
from tutti.jobs.tables import JOBS, Job
from tutti.jobs.turns import Chore, take_turn
from tutti.telemetry.metrics import REQUEUED

_AT_ONCE = 100  # jobs
_NOTHING_READ = {"synchronize_session": False}
_HAS_RUN_OUT = Job.lease_until < now()
_IS_IT = JOBS.c.number == bindparam("numbered")
_QUEUE_AGAIN = Change(_IS_IT, **QUEUED_AGAIN)
_GIVE_UP = Change(_IS_IT, state=State.FAILED, **ENDED, error_code="attempts_exhausted", error=bindparam("in_words"))


def recover(session: Session, *, max_attempts: int, early_s: float = 0.0) -> list[str]:
    """Queue each job again whose lease ran out, or fail it if that was its last attempt; the ids of those changed.

    early_s: so much before that a holder counts as gone of which PostgreSQL has no connection any more. Empty while
    another process is at it.
    """
    if not take_turn(session, Chore.RECOVERY):
        return []
    lost = (
        select(Job, _HAS_RUN_OUT)
        .where(_lost(session.get_bind().dialect, early_s))
        .order_by(Job.number)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(lost).all()
    for job, is_over in found:
        sign = "and its lease ran out" if is_over else "and has no connection any more"
        reason = f"{job.holder} gave no sign of life in attempt {job.attempts} {sign}"
        _take_back(session, job, reason, max_attempts)
    return [job.id for job, _ in found]


def give_time(session: Session, *, lease_s: float, early_s: float = 0.0) -> bool:
    """Have leases that `recover` would take for lost be good for `lease_s` from now on; False if another is at it."""
    if not take_turn(session, Chore.RECOVERY):
        return False
    lost = _lost(session.get_bind().dialect, early_s)
    session.execute(update(Job).where(lost).values(lease_until=now(lease_s)), execution_options=_NOTHING_READ)
    return True


def is_any_lost(connection: Connection, *, early_s: float = 0.0) -> bool:
    """Whether there is a job that `recover` would take back."""
    return bool(connection.scalar(select(exists().where(_lost(connection.dialect, early_s)))))


def _lost(dialect: Dialect, early_s: float) -> ColumnElement[bool]:
    silent = _HAS_RUN_OUT
    if dialect.name == "postgresql":
        silent = or_(silent, and_(Job.lease_until < now(early_s), ~is_connected()))
    return and_(Job.state == State.RUNNING, silent)


def recover_from(session: Session, holder: str, *, max_attempts: int) -> list[str]:
    """Do the same at once for the jobs of a holder that is known to be gone."""
    held = select(Job).where(Job.state == State.RUNNING, Job.holder == holder).order_by(Job.number)
    jobs = session.scalars(held.with_for_update(skip_locked=True)).all()
    for job in jobs:
        _take_back(session, job, f"{holder} died in attempt {job.attempts}", max_attempts)
    return [job.id for job in jobs]


def _take_back(session: Session, job: Job, reason: str, max_attempts: int) -> None:
    if job.attempts >= max_attempts:
        message = f"{reason}. {exhausted(max_attempts)}"
        event = Event(Kind.FAILED, {"error_code": "attempts_exhausted", "error": message})
        _GIVE_UP.apply(session, {"numbered": job.number, "in_words": message}, [event])
        return
    account = kept_and_lost(session, job.id, (job.progress or {}).get("seconds"))
    _QUEUE_AGAIN.apply(session, {"numbered": job.number}, [Event(Kind.QUEUED, {"reason": reason, **account})])
    once_committed(session, REQUEUED.labels(job.queue, "holder_lost").inc)


def exhausted(max_attempts: int) -> str:
    """What is said of a job that fails because no attempt came to an end."""
    return f"It was tried {max_attempts} times and is not tried again; its history tells of each time"
