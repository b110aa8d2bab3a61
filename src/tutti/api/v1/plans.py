"""`/v1/jobs/{id}/plan` and `/day`: a job's plan as JSON, CSV or a page with a timeline, and its routes."""

import json

from fastapi import APIRouter, Request, Response

from tutti.api import service
from tutti.api.errors import ConflictError, GoneError
from tutti.api.preferences import best_media_type
from tutti.api.v1.documentation import problems
from tutti.api.v1.jobs import Here, JobId
from tutti.fleet.day import Day
from tutti.fleet.reading import read_day
from tutti.fleet.tables import document_csv
from tutti.fleet.timeline import timeline_html
from tutti.jobs.states import State
from tutti.jobs.tables import Job

router = APIRouter(prefix="/v1/jobs", tags=["plans"])

_RETRY_S = 1


@router.get(
    "/{job_id}/plan",
    response_class=Response,
    responses={
        200: {
            "description": "The plan.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            },
        },
        **problems(404, 406, 409, 410, 503),
    },
)
def plan(context: Here, job_id: JobId, request: Request) -> Response:
    """The plan of a job that has ended; a cancelled or failed one shows the best that it had, if any."""
    media_type = best_media_type(request.headers.getlist("accept"), ["application/json", "text/csv", "text/html"])
    job, content, document = service.planned(context, job_id)
    if not State(job.state).ended:
        raise ConflictError(f"job {job_id} is {job.state}, its plan is not there yet", retry_after_s=_RETRY_S)
    if document is None or content is None:
        raise GoneError(f"job {job_id} has ended ({job.state}) without a plan{_because(job)}")
    return Response(_rendered(document, content, media_type), media_type=media_type, headers={"Vary": "Accept"})


@router.get(
    "/{job_id}/day",
    response_class=Response,
    responses={
        200: {"description": "The day.", "content": {"application/json": {"schema": {}}}},
        **problems(404, 503),
    },
)
def day(context: Here, job_id: JobId) -> Response:
    """The routes and options that the job was submitted with: what its plan is to be read with, or checked against."""
    return Response(service.submitted(context, job_id), media_type="application/json")


def _because(job: Job) -> str:
    return f": {job.error}" if job.error else ""


def _rendered(document: str, content: str, media_type: str) -> str:
    match media_type:
        case "text/csv":
            return document_csv(_day(content), json.loads(document))
        case "text/html":
            return timeline_html(json.loads(document), _day(content))
        case _:
            return document


def _day(content: str) -> Day:
    return read_day(json.loads(content))
