"""The bodies of `/v1`. Every time is ISO 8601 with its zone, every duration says its unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Row

from tutti.jobs.history import Entry
from tutti.jobs.states import State
from tutti.jobs.tables import Job

_PROGRESS: JsonDict = {
    "phase": "lower bound",
    "percent": 97,
    "buses": 84,
    "deadhead_min": 1265,
    "bound_buses": 84,
    "bound_deadhead_min": 1228,
    "gap": 0.029,
    "seconds": 1.2,
}


class ProgressView(BaseModel):
    """How far a job is. gap: the share of the plan's cost, or of its buses, that is not proven, 0 = optimal.

    null: not known yet; cost and bound_cost: or vehicle types have no costs.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_PROGRESS]})

    phase: str
    percent: int = Field(ge=0, le=100)
    buses: int | None = None
    deadhead_min: int | None = None
    bound_buses: int | None = None
    bound_deadhead_min: int | None = None
    gap: float | None = None
    cost: int | None = None
    bound_cost: int | None = None
    seconds: float | None = None


class ErrorView(BaseModel):
    """Why a job failed: a word for programs and a sentence for people."""

    code: str
    message: str


class JobView(BaseModel):
    """A job. stopped: it was ended early on request and kept the best plan that it had."""

    id: str
    status: State
    stopped: bool
    route_count: int
    attempts: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    progress: ProgressView | None
    error: ErrorView | None
    warnings: list[str] | None = Field(
        default=None, description="Only in the answer to a submission: what was repaired, ignored or guessed."
    )
    plan: dict[str, Any] | None = Field(
        default=None, description="Only in the answer to a submission with `Prefer: wait`."
    )

    @classmethod
    def of(cls, job: Job | Row[Any]) -> Self:
        """The view of a stored job, or of what lists show of one."""
        return cls(
            id=job.id,
            status=State(job.state),
            stopped=job.stopped,
            route_count=job.route_count,
            attempts=job.attempts,
            created_at=job.created_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            progress=None if job.progress is None else ProgressView.model_validate(job.progress),
            error=None if job.error_code is None else ErrorView(code=job.error_code, message=job.error or ""),
        )


class JobPage(BaseModel):
    """Jobs, the newest first. next: the cursor of the page after this one; null at the end."""

    jobs: list[JobView]
    next: int | None


class EntryView(BaseModel):
    """One thing that happened to a job. number: that of its event; log: the last lines of a solver that died."""

    number: int
    at: datetime
    kind: str
    text: str
    log: list[str]


class HistoryView(BaseModel):
    """What happened to a job, the first thing first."""

    job_id: str
    status: State
    entries: list[EntryView]

    @classmethod
    def of(cls, job: Job, entries: Sequence[Entry]) -> Self:
        """The view of a job's way."""
        views = [
            EntryView(number=entry.number, at=entry.at, kind=entry.kind, text=entry.text, log=list(entry.log))
            for entry in entries
        ]
        return cls(job_id=job.id, status=State(job.state), entries=views)


class FindingView(BaseModel):
    """One thing that is wrong: where, and a sentence that says what to do."""

    path: str
    message: str


class ValidationView(BaseModel):
    """What was found without solving anything. valid: nothing stands against planning it, or driving it as planned."""

    valid: bool
    findings: list[FindingView]
    warnings: list[str]
