"""The surface that clients of the prior system call: its names, shapes and codes over the service of `/v1`."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tutti.api import service
from tutti.api.access import client_of
from tutti.api.bodies import Body, read_json
from tutti.api.context import Context, context_of
from tutti.api.errors import UnavailableError
from tutti.api.examples import ROUTES
from tutti.api.preferences import preference
from tutti.execution import queues
from tutti.execution.broker import progress_message
from tutti.fleet.schedule import schedule_of_texts
from tutti.jobs.states import State
from tutti.jobs.tables import Job

router = APIRouter(tags=["kept"])


class KeptFinding(BaseModel):
    """One thing that is wrong with the input."""

    loc: list[str | int]
    msg: str
    type: str


class Refusal(BaseModel):
    """Why a request came to nothing, in a sentence."""

    detail: str


class InputRefusal(BaseModel):
    """Everything that is wrong with the input: what a 422 has."""

    detail: list[KeptFinding]


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": HTTPStatus(status).phrase, "model": InputRefusal if status == 422 else Refusal}
        for status in statuses
    }


Here = Annotated[Context, Depends(context_of)]


@router.post(
    "/optimize-async", responses=_refusals(408, 413, 415, 422, 429, 503), openapi_extra={"requestBody": ROUTES}
)
async def optimize_async(
    request: Request,
    context: Here,
    body: Annotated[Body, Depends(read_json)],
    prefer: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Plan a list of routes: by Celery's workers, or in the request, unless `Prefer: respond-async` is sent."""
    job, _ = await run_in_threadpool(service.accept, context, service.Asked(body, client_of(request)))
    here = job.queue == queues.EMBEDDED
    if here and not preference(prefer).respond_async:
        job = await service.wait_ended(context, job.id)
    answer = {
        "job_id": job.id,
        "task_id": None if here else job.task_id or job.id,
        "status": job.state,
        "message": _message(job),
        "websocket_url": f"/ws/optimize/{job.id}",
    }
    if State(job.state).ended:
        answer |= await run_in_threadpool(outcome, context, job.id)
    return answer


@router.get("/jobs/{job_id}", responses=_refusals(404, 503))
def job_status(context: Here, job_id: str) -> dict[str, Any]:
    """A job as it is now."""
    job = service.get(context, job_id)
    return {
        "job_id": job.id,
        "status": job.state,
        "algorithm": "tutti",
        "created_at": job.created_at,
        "started_at": job.started_at,
        "completed_at": job.ended_at,
        "error": job.error,
        "progress": job.progress,
    }


@router.get("/jobs/{job_id}/result", responses=_refusals(404, 503))
def job_result(context: Here, job_id: str) -> dict[str, Any]:
    """The schedule of a completed job; of any other its status, and why it failed."""
    return {"job_id": job_id, **outcome(context, job_id)}


@router.delete("/jobs/{job_id}", responses=_refusals(400, 404, 503))
def cancel_job(context: Here, job_id: str) -> JSONResponse:
    """Cancel a job that waits or runs."""
    job, changed = service.cancel(context, job_id)
    if not changed:
        return JSONResponse({"detail": f"the job has ended already ({job.state}), it can't be cancelled"}, 400)
    return JSONResponse({"message": "the job is cancelled", "job_id": job.id, "status": job.state})


@router.get("/tasks/{task_id}", responses=_refusals(503))
def task_status(context: Here, task_id: str) -> dict[str, Any]:
    """The state of a task, from the job that it is for: it stays true when the result backend has forgotten it."""
    if context.broker is None:
        raise UnavailableError("Celery is disabled here, so there are no tasks; ask for the job: /jobs/{job_id}")
    job = service.find_task(context, task_id)
    if job is None:  # Celery says the same of a task that it does not know: it may be about to come
        return {"task_id": task_id, "status": "PENDING", "state": "PENDING"}
    state = _task_state(job)
    answer: dict[str, Any] = {"task_id": task_id, "status": state, "state": state}
    if job.progress is not None:
        answer["progress"] = progress_message(job.id, job.progress)
    told = outcome(context, job.id)
    return answer | {name: told[name] for name in ("result", "error") if name in told}


def _task_state(job: Job) -> str:
    match State(job.state):
        case State.QUEUED:
            return "RETRY" if job.attempts else "PENDING"
        case State.RUNNING:
            return "PROGRESS" if job.progress else "STARTED"
        case State.COMPLETED:
            return "SUCCESS"
        case State.FAILED:
            return "FAILURE"
        case State.CANCELLED:
            return "REVOKED"


def _message(job: Job) -> str:
    match State(job.state):
        case State.COMPLETED:
            return f"{job.route_count} routes are planned"
        case State.FAILED:
            return job.error or "the job failed"
        case State.CANCELLED:
            return "the job was cancelled"
        case _:
            return f"{job.route_count} routes are {job.state}"


def outcome(context: Context, job_id: str) -> dict[str, Any]:
    """What there is to tell of a job: its status, and its result or its error."""
    job, content, document = service.planned(context, job_id)
    if job.state == State.FAILED:
        return {"status": job.state, "error": job.error}
    if job.state != State.COMPLETED or document is None or content is None:
        return {"status": job.state}
    result = schedule_of_texts(content, document)
    return {"status": job.state, "result": result, "stats": result["stats"]}
