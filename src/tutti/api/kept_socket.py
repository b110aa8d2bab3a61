"""`/ws/optimize/{job_id}`: a job's progress over a WebSocket, in the messages of the kept contract."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import OperationalError

from tutti.api import service
from tutti.api.context import Context, context_of
from tutti.api.errors import UnknownJobError
from tutti.api.following import follow
from tutti.api.kept import outcome
from tutti.execution.broker import progress_message
from tutti.jobs.events import Kind
from tutti.jobs.states import State
from tutti.jobs.tables import Job, JobEvent

router = APIRouter()

_GOING_AWAY = 1001
_TRY_AGAIN_LATER = 1013


@router.websocket("/ws/optimize/{job_id}")
async def optimize_socket(
    socket: WebSocket, job_id: str, after: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None
) -> None:
    """The job's status at once, then its progress and its end; `after` asks for the events above that number."""
    context = context_of(socket)
    await socket.accept()
    try:
        job = await _find(context, job_id)
        await socket.send_json(_status(job_id, job))
        if after is None:
            after = 0 if job is None else job.last_event - int(State(job.state).ended)
        async with anyio.create_task_group() as group:
            group.start_soon(_tell, socket, context, job_id, after)
            await _answer(socket, context, job_id)
            group.cancel_scope.cancel()
    except* WebSocketDisconnect:
        pass  # the client is gone: there is nobody to tell
    except* OperationalError:
        await socket.close(_TRY_AGAIN_LATER, "the job store can't be reached")


async def _tell(socket: WebSocket, context: Context, job_id: str, after: int) -> None:
    """Send what happens to the job."""
    async for event in follow(context, job_id, after, way="websocket"):
        if event is not None:
            await socket.send_json(await _message(context, event))
    if context.hub.closing:
        await socket.close(_GOING_AWAY)


async def _answer(socket: WebSocket, context: Context, job_id: str) -> None:
    """Answer what the client sends, until it goes."""
    while True:
        received = await socket.receive()
        if received["type"] == "websocket.disconnect":
            return
        match _action(received.get("text")):
            case "ping":
                await socket.send_json({"type": "pong", "timestamp": datetime.now(UTC).isoformat()})
            case "get_status":
                await socket.send_json(_status(job_id, await _find(context, job_id)))
            case _:
                message = 'not understood; send {"action": "ping"} or {"action": "get_status"}'
                await socket.send_json({"type": "error", "message": message})


def _action(text: str | None) -> object:
    try:
        content = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return content.get("action") if isinstance(content, dict) else None


async def _message(context: Context, event: JobEvent) -> dict[str, Any]:
    """An event in the words of the kept contract, with its number as `sequence`."""
    match event.kind:
        case Kind.QUEUED | Kind.STARTED | Kind.WARNING:
            status = State.QUEUED if event.kind == Kind.QUEUED else State.RUNNING
            content: dict[str, Any] = {"type": "status", "job_id": event.job_id, "status": status}
        case Kind.COMPLETED:
            found = await run_in_threadpool(outcome, context, event.job_id)
            content = {"type": "completed", "job_id": event.job_id}
            content |= {name: found.get(name) for name in ("result", "stats")}
        case Kind.FAILED:
            content = _error(event.job_id, event.data["error_code"], event.data["error"])
        case Kind.CANCELLED:
            content = _error(event.job_id, "cancelled", "the job was cancelled")
        case _:
            content = {"type": "progress", **progress_message(event.job_id, event.data)}
    return content | {"sequence": event.number}


def _error(job_id: str, code: str, message: str) -> dict[str, Any]:
    return {"type": "error", "job_id": job_id, "error_code": code, "message": message}


def _status(job_id: str, job: Job | None) -> dict[str, Any]:
    return {"type": "status", "job_id": job_id, "status": "unknown" if job is None else job.state}


async def _find(context: Context, job_id: str) -> Job | None:
    try:
        return await run_in_threadpool(service.get, context, job_id)
    except UnknownJobError:
        return None
