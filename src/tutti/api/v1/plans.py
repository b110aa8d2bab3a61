"""`/v1/jobs/{id}/plan` and `/day`: a job's plan as JSON, CSV or a page with a timeline, and its routes."""

import json
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from tutti.api import service
from tutti.api.errors import ConflictError, GoneError
from tutti.api.preferences import best_media_type
from tutti.api.v1.conditional import IfNoneMatch, is_any, names, tag_of, tagged, unchanged
from tutti.api.v1.documentation import header, problems
from tutti.api.v1.jobs import Here, JobId
from tutti.fleet.day import Day
from tutti.fleet.plan_table import document_csv, drivers_csv
from tutti.fleet.reading import read_day
from tutti.fleet.timeline import timeline_html
from tutti.jobs.states import State
from tutti.jobs.tables import Job

router = APIRouter(prefix="/v1/jobs", tags=["plans"])

_RETRY_S = 1
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_TAG = header("ETag", "For `If-None-Match`.")

Separator = Annotated[
    Literal["comma", "semicolon", "tab"],
    Query(description="Between the cells of a CSV. Spreadsheets of countries with a decimal comma open semicolons."),
]

Rows = Annotated[
    Literal["trips", "stops"],
    Query(description="What a row of a CSV is: a trip, or for drivers each stop with its time."),
]


@dataclass(frozen=True, slots=True)
class _Table:
    """What is asked for of a CSV."""

    separator: Separator = "comma"
    rows: Rows = "trips"


@router.get(
    "/{job_id}/plan",
    response_class=Response,
    responses={
        200: {
            "description": "The plan.",
            "headers": _TAG,
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            },
        },
        304: {"description": "The client has it, by `If-None-Match`: a plan never changes."},
        **problems(404, 406, 409, 410, 422, 503),
    },
)
def plan(
    context: Here,
    job_id: JobId,
    request: Request,
    table: Annotated[_Table, Depends()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The plan of a job that has ended; a cancelled or failed one shows the best that it had, if any."""
    media_type = best_media_type(request.headers.getlist("accept"), ["application/json", "text/csv", "text/html"])
    form = f"{media_type}.{table.separator}.{table.rows}" if media_type == "text/csv" else media_type
    tag, vary = tag_of(request, job_id, form), {"Vary": "Accept"}
    if names(if_none_match, tag) and State(service.get(context, job_id).state).ended:
        return unchanged(tag, **vary)
    job, content, document = service.planned(context, job_id)
    if not State(job.state).ended:
        raise ConflictError(f"job {job_id} is {job.state}, its plan is not there yet", retry_after_s=_RETRY_S)
    if document is None or content is None:
        raise GoneError(f"job {job_id} has ended ({job.state}) without a plan{_because(job)}")
    if is_any(if_none_match):
        return unchanged(tag, **vary)
    text = _rendered(document, content, media_type, table)
    return tagged(Response(text, media_type=media_type, headers=vary), tag)


@router.get(
    "/{job_id}/day",
    response_class=Response,
    responses={
        200: {"description": "The day.", "headers": _TAG, "content": {"application/json": {"schema": {}}}},
        304: {"description": "The client has it, by `If-None-Match`: a day never changes."},
        **problems(404, 503),
    },
)
def day(context: Here, job_id: JobId, request: Request, if_none_match: IfNoneMatch = None) -> Response:
    """The routes and options that the job was submitted with: what its plan is to be read with, or checked against."""
    tag = tag_of(request, job_id, "day")
    if names(if_none_match, tag) or is_any(if_none_match):
        service.get(context, job_id)
        return unchanged(tag)
    return tagged(Response(service.submitted(context, job_id), media_type="application/json"), tag)


def _because(job: Job) -> str:
    return f": {job.error}" if job.error else ""


def _rendered(document: str, content: str, media_type: str, table: _Table) -> str:
    match media_type:
        case "text/csv":
            table_of = drivers_csv if table.rows == "stops" else document_csv
            return table_of(_day(content), json.loads(document), _SEPARATORS[table.separator])
        case "text/html":
            return timeline_html(json.loads(document), _day(content))
        case _:
            return document


def _day(content: str) -> Day:
    return read_day(json.loads(content))
