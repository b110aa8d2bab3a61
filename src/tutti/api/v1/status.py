"""`/v1/status`: how the service is, for people and for programs that look after it."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Row

from tutti.api.health import circuits
from tutti.api.overview import Overview, overview
from tutti.api.v1.jobs import Here
from tutti.api.v1.schemas import ErrorView
from tutti.execution.queues import CELERY
from tutti.jobs.states import State

router = APIRouter(prefix="/v1/status", tags=["health"])


class QueueView(BaseModel):
    """A queue. unsent: jobs that the broker is still to be told of; workers: how many serve it."""

    queue: str
    queued: int
    running: int
    oldest_queued_s: float | None
    unsent: int
    workers: int

    @classmethod
    def of(cls, seen: Overview, queue: str) -> Self:
        """The view of one queue."""
        waiting = seen.backlog(queue, State.QUEUED)
        return cls(
            queue=queue,
            queued=waiting.jobs,
            running=seen.backlog(queue, State.RUNNING).jobs,
            oldest_queued_s=waiting.oldest_s if waiting.jobs else None,
            unsent=waiting.unsent if queue in CELERY else 0,
            workers=seen.serving(queue),
        )


class WorkerView(BaseModel):
    """Who runs jobs: the queues that it serves, and the jobs that run on its host now."""

    name: str
    queues: list[str]
    running: int


class FailureView(BaseModel):
    """A job that failed."""

    job_id: str
    ended_at: datetime
    error: ErrorView

    @classmethod
    def of(cls, job: Row[Any]) -> Self:
        """The view of a job as lists show it."""
        error = ErrorView(code=job.error_code or "", message=job.error or "")
        return cls(job_id=job.id, ended_at=job.ended_at, error=error)


class StatusView(BaseModel):
    """How the service is. attention: what someone should look at, in sentences."""

    version: str
    at: datetime
    attention: list[str]
    services: dict[str, str]
    circuits: dict[str, str]
    queues: list[QueueView] | None = Field(description="null while the job store is away.")
    workers: list[WorkerView] | None = Field(description="null while nobody can be asked.")
    failures: list[FailureView] | None = Field(description="The last few, the newest job first.")


@router.get("")
async def status(context: Here) -> StatusView:
    """What the service needs, who works, what waits and what failed last; within a second, whatever is away."""
    seen = await overview(context)
    return StatusView(
        version=version("tutti"),
        at=datetime.now(UTC),
        attention=list(seen.attention()),
        services=dict(seen.services),
        circuits={circuit.name: circuit.state for circuit in circuits(context)},
        queues=None if seen.stored is None else [QueueView.of(seen, queue) for queue in seen.queues()],
        workers=_workers(seen),
        failures=None if seen.stored is None else [FailureView.of(job) for job in seen.stored.failures],
    )


def _workers(seen: Overview) -> list[WorkerView] | None:
    if seen.workers is None:
        return None
    held = {} if seen.stored is None else seen.stored.held
    return [
        WorkerView(name=name, queues=list(served), running=held.get(name.partition("@")[2], 0))
        for name, served in seen.workers.items()
    ]
