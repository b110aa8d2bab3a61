"""`/v1/jobs/{id}/events`: what happens to a job, as server-sent events."""

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from tutti.api import service
from tutti.api.context import Context
from tutti.api.following import follow
from tutti.api.v1.documentation import problems
from tutti.api.v1.jobs import Here, JobId
from tutti.jobs.states import State
from tutti.jobs.tables import JobEvent

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

_MOST_EVENTS = 2**31 - 1
_INTERNAL = ("log", "holder")  # for operators, in the job's history
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Events, the first one first.", "content": {"text/event-stream": {}}},
        204: {"description": "The job has ended, and `Last-Event-ID` is its last event: do not connect again."},
        **problems(404, 422, 503),
    },
)
async def events(
    request: Request,
    context: Here,
    job_id: JobId,
    last_event_id: Annotated[int, Header(ge=0, le=_MOST_EVENTS, description="The last event that the client has.")] = 0,
    after: Annotated[int, Query(ge=0, le=_MOST_EVENTS, description="The same, where headers can't be set.")] = 0,
) -> Response:
    """`queued started progress incumbent bound warning completed failed cancelled`, each with its number as its id.

    The stream begins after `Last-Event-ID` and ends with the job.
    """
    job = await run_in_threadpool(service.get, context, job_id)
    known = max(last_event_id, after)
    if State(job.state).ended and known >= job.last_event:
        return Response(status_code=204)
    content = _stream(context, job_id, known) if request.method == "GET" else ()  # HEAD: it would run on unseen
    return StreamingResponse(content, media_type="text/event-stream", headers=_HEADERS)


async def _stream(context: Context, job_id: str, after: int) -> AsyncIterator[bytes]:
    async for event in follow(context, job_id, after, way="sse"):
        yield KEEPALIVE_COMMENT if event is None else _encoded(event)


def _encoded(event: JobEvent) -> bytes:
    data = {name: value for name, value in event.data.items() if name not in _INTERNAL}
    content = {"job_id": event.job_id, "at": event.at.isoformat(), **data}
    return format_sse_event(data_str=json.dumps(content), event=event.kind, id=str(event.number))
