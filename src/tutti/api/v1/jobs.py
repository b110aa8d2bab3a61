"""`/v1/jobs`: submit, list, look at, cancel and stop jobs."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from tutti.api import service
from tutti.api.access import client_of
from tutti.api.bodies import Body, read_json_or_table
from tutti.api.context import Context, context_of
from tutti.api.examples import SUBMISSION
from tutti.api.given import OptionsText
from tutti.api.preferences import preference
from tutti.api.v1.documentation import header, problems
from tutti.api.v1.schemas import HistoryView, JobPage, JobView
from tutti.jobs.states import State

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

Here = Annotated[Context, Depends(context_of)]
JobId = Annotated[
    str, Path(description="As the submission answered it.", examples=["0d8f6c8e-6d0d-4a0c-9f43-1f2f0d1f8a55"])
]
_PLACE = header("Location", "Where the job is.")


@router.post(
    "",
    status_code=202,
    response_model=JobView,
    responses={
        200: {"model": JobView, "description": "It ended within `Prefer: wait`.", "headers": _PLACE},
        202: {"headers": _PLACE},
        **problems(408, 413, 415, 422, 429, 503),
    },
    openapi_extra={"requestBody": SUBMISSION},
)
async def submit(
    *,
    request: Request,
    response: Response,
    context: Here,
    body: Annotated[Body, Depends(read_json_or_table)],
    options: OptionsText = None,
    prefer: Annotated[
        str | None, Header(description="`wait=N`: answer with the plan if it is there within N s.")
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=255, description="The same key and body give the same job.")
    ] = None,
) -> JobView:
    """Plan a day of routes; answers at once with the job, which is then looked at, waited for or watched."""
    asked = service.Asked(body, client_of(request), idempotency_key, options)
    job, warnings = await run_in_threadpool(service.accept, context, asked)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    wait_s = preference(prefer).wait_s
    if wait_s is not None:
        response.headers["Preference-Applied"] = f"wait={wait_s:g}"
        job = await service.wait_ended(context, job.id, wait_s)
    view = JobView.of(job)
    view.warnings = list(warnings)
    if wait_s is not None and view.status.ended:
        response.status_code = 200
        _, _, document = await run_in_threadpool(service.planned, context, job.id)
        view.plan = None if document is None else json.loads(document)
    return view


@router.get("", responses=problems(422, 503))
def page(
    context: Here,
    status: Annotated[list[State], Query(description="Only jobs in these states.")] = [],  # noqa: B006
    cursor: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> JobPage:
    """Jobs, the newest first."""
    jobs = service.page(context, status, cursor, limit + 1)
    following = jobs[limit - 1].number if len(jobs) > limit else None
    return JobPage(jobs=[JobView.of(job) for job in jobs[:limit]], next=following)


@router.get("/{job_id}", responses=problems(404, 503))
def get(context: Here, job_id: JobId) -> JobView:
    """A job as it is now."""
    return JobView.of(service.get(context, job_id))


@router.get("/{job_id}/history", responses=problems(404, 503))
def history(context: Here, job_id: JobId) -> HistoryView:
    """What happened to a job and why, in sentences: who ran it when, why it moved, what was lost."""
    return HistoryView.of(*service.way(context, job_id))


@router.delete("/{job_id}", responses=problems(404, 503))
def cancel(context: Here, job_id: JobId) -> JobView:
    """Cancel a job, waiting or running; one that has ended stays as it is."""
    return JobView.of(service.cancel(context, job_id)[0])


@router.post("/{job_id}/stop", status_code=202, responses=problems(404, 409, 503))
def stop(context: Here, job_id: JobId) -> JobView:
    """End a job soon and keep the best plan it has."""
    return JobView.of(service.stop(context, job_id))
