"""What the service answers, as objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter

from tutti.fleet.document import read_plan
from tutti.fleet.errors import Finding
from tutti.fleet.plan import Certificate, Plan


class JobStatus(StrEnum):
    """Where a job is; from running it goes back to queued when its worker is shut down or dies."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class EventKind(StrEnum):
    """What can happen to a job."""

    QUEUED = "queued"
    STARTED = "started"
    PROGRESS = "progress"
    INCUMBENT = "incumbent"
    BOUND = "bound"
    WARNING = "warning"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Progress(_Model):
    """How far a job is: its best plan, the bound that no plan can beat, the gap between them.

    gap: share of the plan's cost, or buses, that is not proven, 0 = optimal. None: not known yet, or there
    are no costs. Seconds of solving.
    """

    phase: str
    percent: int
    buses: int | None = None
    deadhead_min: int | None = None
    bound_buses: int | None = None
    bound_deadhead_min: int | None = None
    gap: float | None = None
    cost: int | None = None
    bound_cost: int | None = None
    seconds: float | None = None


class Failure(_Model):
    """Why a job failed: a word for programs (docs/reference/http.md lists them) and a sentence for people."""

    code: str
    message: str


class Job(_Model):
    """A job as it was when the server answered. stopped: it was ended early on request and kept its best plan."""

    id: str
    status: JobStatus
    stopped: bool
    route_count: int
    attempts: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    progress: Progress | None
    error: Failure | None

    @property
    def ended(self) -> bool:
        """Whether it stays as it is for good."""
        return self.status not in (JobStatus.QUEUED, JobStatus.RUNNING)


class JobPage(_Model):
    """Jobs, the newest first. next: the cursor of the page after this one; None at the end."""

    jobs: tuple[Job, ...]
    next: int | None


class Event(_Model):
    """Something that happened to a job; `number` counts from 1 without a gap.

    progress: of progress, incumbent, bound and completed. error: of failed. reason: why it was queued again. message:
    of warning.
    """

    number: int
    kind: EventKind
    job_id: str
    at: datetime
    progress: Progress | None = None
    error: Failure | None = None
    reason: str | None = None
    message: str | None = None

    @property
    def last(self) -> bool:
        """Whether the job ended with it."""
        return self.kind in (EventKind.COMPLETED, EventKind.FAILED, EventKind.CANCELLED)

    @classmethod
    def of(cls, number: str, kind: str, data: Mapping[str, Any]) -> Self:
        """The event of the stream with this id, name and data. ValidationError if it is none."""
        failed = kind == EventKind.FAILED
        return cls.model_validate({
            **data,
            "number": number,
            "kind": kind,
            "progress": data if "phase" in data else None,
            "error": {"code": data.get("error_code"), "message": data.get("error")} if failed else None,
        })  # fmt: skip


class Entry(_Model):
    """One thing that happened to a job, in a sentence. log: the last lines of a solver that died."""

    number: int
    at: datetime
    kind: str
    text: str
    log: tuple[str, ...] = ()


class History(_Model):
    """What happened to a job, the first thing first."""

    job_id: str
    status: JobStatus
    entries: tuple[Entry, ...]


class QueueStatus(_Model):
    """A queue. oldest_queued_s: age of the job that waits longest; unsent: jobs that the broker is to be told of."""

    queue: str
    queued: int
    running: int
    oldest_queued_s: float | None
    unsent: int
    workers: int


class WorkerStatus(_Model):
    """Who runs jobs: the queues that it serves, and the jobs that run on its host now."""

    name: str
    queues: tuple[str, ...]
    running: int


class FailedJob(_Model):
    """A job that failed."""

    job_id: str
    ended_at: datetime
    error: Failure


class ServiceStatus(_Model):
    """How a service is. attention: sentences on what someone should look at; empty if all is well.

    queues, failures: None while the job store is away; workers: None while nobody can be asked.
    """

    version: str
    at: datetime
    attention: tuple[str, ...]
    services: Mapping[str, str]
    circuits: Mapping[str, str]
    queues: tuple[QueueStatus, ...] | None
    workers: tuple[WorkerStatus, ...] | None
    failures: tuple[FailedJob, ...] | None


class Validation(_Model):
    """What a check found without solving. valid: nothing stands against planning it, or driving it as planned."""

    valid: bool
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A job's plan and what is proven about it; `document` is all of it as it was answered (docs/reference/plan.md)."""

    plan: Plan
    certificate: Certificate
    kpis: Mapping[str, Any]
    warnings: tuple[str, ...]
    document: dict[str, Any]

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """The plan in a document. InputError, KeyError, TypeError or ValidationError if there is none in it."""
        certificate = _CERTIFICATE.validate_python(_with_cost(document["certificate"]))
        return cls(read_plan(document), certificate, document["kpis"], tuple(document["warnings"]), document)


def _with_cost(certificate: dict[str, Any]) -> dict[str, Any]:
    """The certificate with its bound on cost by the name that it has in Python, whichever it has in the document."""
    bound = certificate["bound"]
    if bound is None or "fixed_cost" not in bound:
        return certificate
    return {**certificate, "bound": {**bound, "cost": bound["fixed_cost"]}}


_CERTIFICATE = TypeAdapter(Certificate)
