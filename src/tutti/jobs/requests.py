"""What a client may ask of a job that is there: cancel it, or stop it and keep the best plan."""

from sqlalchemy.orm import Session

from tutti.jobs.clock import now
from tutti.jobs.events import Event, Kind, change
from tutti.jobs.states import ACTIVE, State
from tutti.jobs.tables import JOBS


def cancel(session: Session, job_id: str) -> bool:
    """End the job as cancelled, queued or running; False if it has ended or is unknown.

    It is final at once: whoever runs it learns at its next heartbeat that its lease is over.
    """
    cancelled = change(
        session,
        JOBS.c.id == job_id,
        JOBS.c.state.in_(ACTIVE),
        events=[Event(Kind.CANCELLED)],
        state=State.CANCELLED,
        holder=None,
        lease_until=None,
        ended_at=now(),
    )
    return cancelled is not None


def request_stop(session: Session, job_id: str) -> bool:
    """Ask that the job ends soon with the best plan it has; False if it has ended or is unknown.

    A queued job will run until it has its first plan.
    """
    return change(session, JOBS.c.id == job_id, JOBS.c.state.in_(ACTIVE), stop_requested=True) is not None
