"""What a holder does to its job, as statements that are built once: building them costs more than running them.

Parameters are called after what they say of the job, never after a column, which SQLAlchemy keeps for itself.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, insert, select

from tutti.jobs.clock import now
from tutti.jobs.events import changing
from tutti.jobs.states import State
from tutti.jobs.tables import CHECKPOINTS, JOBS, PAYLOADS, RESULTS

_OF_JOB: BindParameter[Any] = bindparam("of_job")
_FOR_S: BindParameter[Any] = bindparam("for_s")  # how long the lease is good
_SO_FAR: BindParameter[Any] = bindparam("so_far")  # the progress
_HELD = (JOBS.c.id == _OF_JOB, JOBS.c.fence == bindparam("with_fence"), JOBS.c.state == State.RUNNING)
_MOST_EXCUSED_CLAIMS = 30  # a job that makes each of its holders fall silent is given up in the end
_ENDED: Mapping[str, Any] = {"holder": None, "lease_until": None, "ended_at": now()}

QUEUED_AGAIN: Mapping[str, Any] = {"state": State.QUEUED, "sent_at": None, "holder": None, "lease_until": None}
"""What a job is set to that ran and is to run again: nobody's, and the broker is to be told of it."""

CLAIM = changing(
    JOBS.c.id == _OF_JOB,
    JOBS.c.state == State.QUEUED,
    state=State.RUNNING,
    fence=JOBS.c.fence + 1,
    attempts=JOBS.c.attempts + 1,
    holder=bindparam("by"),
    lease_until=now(_FOR_S),
    started_at=func.coalesce(JOBS.c.started_at, now()),
    task_id=bindparam("as_task"),
)
BEAT = changing(*_HELD, lease_until=now(_FOR_S), progress=_SO_FAR)
NOTE = changing(*_HELD)
COMPLETE = changing(*_HELD, state=State.COMPLETED, **_ENDED, stopped=bindparam("on_request"), progress=_SO_FAR)
FAIL = changing(*_HELD, state=State.FAILED, **_ENDED, error_code=bindparam("why"), error=bindparam("in_words"))
HAND_BACK = changing(*_HELD, **QUEUED_AGAIN)
HAND_BACK_UNCOUNTED = changing(*_HELD, **QUEUED_AGAIN, attempts=JOBS.c.attempts - 1)
EXCUSE = changing(
    JOBS.c.id == _OF_JOB,
    JOBS.c.fence >= bindparam("with_fence"),
    JOBS.c.fence < _MOST_EXCUSED_CLAIMS,
    JOBS.c.state.in_((State.QUEUED, State.RUNNING)),
    JOBS.c.attempts > 0,
    attempts=JOBS.c.attempts - 1,
)

WORK = (
    select(PAYLOADS.c.content, JOBS.c.stop_requested, CHECKPOINTS.c.document, CHECKPOINTS.c.spent_s)
    .join(JOBS, JOBS.c.id == PAYLOADS.c.job_id)
    .outerjoin(CHECKPOINTS, CHECKPOINTS.c.job_id == PAYLOADS.c.job_id)
    .where(PAYLOADS.c.job_id == _OF_JOB)
)
KEEP_RESULT = insert(RESULTS)
DROP_CHECKPOINT = delete(CHECKPOINTS).where(CHECKPOINTS.c.job_id == _OF_JOB)
