"""What a client may ask of a job that is there: cancel it, or stop it and keep the best plan."""

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from tutti.jobs.changes import Change
from tutti.jobs.events import Event, Kind
from tutti.jobs.lease_statements import ENDED
from tutti.jobs.states import ACTIVE, State
from tutti.jobs.tables import JOBS

_IS_IT = (JOBS.c.id == bindparam("of_job"), JOBS.c.state.in_(ACTIVE))
_CANCEL = Change(*_IS_IT, state=State.CANCELLED, **ENDED)
_STOP = Change(*_IS_IT, stop_requested=True)


def cancel(session: Session, job_id: str) -> bool:
    """End the job as cancelled, queued or running; False if it has ended or is unknown.

    It is final at once: whoever runs it learns at its next heartbeat that its lease is over.
    """
    return _CANCEL.apply(session, {"of_job": job_id}, [Event(Kind.CANCELLED)]) is not None


def request_stop(session: Session, job_id: str) -> bool:
    """Ask that the job ends soon with the best plan it has; False if it has ended or is unknown.

    A queued job will run until it has its first plan.
    """
    return _STOP.apply(session, {"of_job": job_id}, []) is not None
