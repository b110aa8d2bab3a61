"""What a holder does to its job, as statements that are built once: building them costs more than running them.

Parameters are called after what they say of the job, never after a column, which SQLAlchemy keeps for itself.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, func, insert, select

from tutti.jobs.changes import Change
from tutti.jobs.clock import now
from tutti.jobs.states import State
from tutti.jobs.tables import CHECKPOINTS, JOBS, PAYLOADS, RESULTS

_OF_JOB: BindParameter[Any] = bindparam("of_job")
_FOR_S: BindParameter[Any] = bindparam("for_s")  # how long the lease is good
_SO_FAR: BindParameter[Any] = bindparam("so_far")  # the progress
_STATE = JOBS.c.state + ""  # not the column: PostgreSQL would look for the job among all that wait, by their index
_HELD = (JOBS.c.id == _OF_JOB, JOBS.c.fence == bindparam("with_fence"), _STATE == State.RUNNING)
_MOST_EXCUSED_CLAIMS = 30  # a job that makes each of its holders fall silent is given up in the end

ENDED: Mapping[str, Any] = {"holder": None, "lease_until": None, "ended_at": now()}
QUEUED_AGAIN: Mapping[str, Any] = {"state": State.QUEUED, "sent_at": None, "holder": None, "lease_until": None}
"""What a job is set to that ran and is to run again: nobody's, and the broker is to be told of it."""


def _claim(*conditions: ColumnElement[bool]) -> Change:
    return Change(
        JOBS.c.id == _OF_JOB,
        _STATE == State.QUEUED,
        *conditions,
        state=State.RUNNING,
        fence=JOBS.c.fence + 1,
        attempts=JOBS.c.attempts + 1,
        holder=bindparam("by"),
        lease_until=now(_FOR_S),
        started_at=func.coalesce(JOBS.c.started_at, now()),
        task_id=bindparam("as_task"),
        asked=[select(PAYLOADS.c.content).where(PAYLOADS.c.job_id == JOBS.c.id).scalar_subquery().label("content")],
    )


CLAIM = _claim()
CLAIM_NEW = _claim(JOBS.c.fence == 0)
BEAT = Change(*_HELD, lease_until=now(_FOR_S), progress=_SO_FAR)
HOLD = Change(*_HELD, lease_until=now(_FOR_S))
NOTE = Change(*_HELD)
COMPLETE = Change(
    *_HELD,
    state=State.COMPLETED,
    **ENDED,
    stopped=bindparam("on_request"),
    progress=_SO_FAR,
    beside=[
        lambda job: insert(RESULTS).from_select(["job_id", "document"], select(job.c.id, bindparam("with_document"))),
        lambda job: delete(CHECKPOINTS).where(CHECKPOINTS.c.job_id.in_(select(job.c.id))),
    ],
)
FAIL = Change(*_HELD, state=State.FAILED, **ENDED, error_code=bindparam("why"), error=bindparam("in_words"))
HAND_BACK = Change(*_HELD, **QUEUED_AGAIN)
HAND_BACK_UNCOUNTED = Change(*_HELD, **QUEUED_AGAIN, attempts=JOBS.c.attempts - 1)
EXCUSE = Change(
    JOBS.c.id == _OF_JOB,
    JOBS.c.fence < _MOST_EXCUSED_CLAIMS,
    JOBS.c.state.in_((State.QUEUED, State.RUNNING)),
    JOBS.c.attempts > 0,
    attempts=JOBS.c.attempts - 1,
)

DROP_CHECKPOINT = delete(CHECKPOINTS).where(CHECKPOINTS.c.job_id == _OF_JOB)
