"""Health: `/health` for people and the kept contract, `/livez` and `/readyz` for whatever runs the service."""

from importlib.metadata import version
from typing import Annotated, Any

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tutti.api.context import Context, context_of
from tutti.jobs.database import Database

router = APIRouter(tags=["health"])

_ANSWER_S = 0.8
_probes = CapacityLimiter(4)  # threads of their own: requests that hang on a dead store can't use them up


@router.get("/health")
async def health(context: Annotated[Context, Depends(context_of)]) -> dict[str, Any]:
    """How the service and what it needs are; answers within a second, whatever hangs."""
    return {
        "status": "ok",
        "service": "tutti-backend",
        "celery": "disabled",
        "services": {"database": await _database(context.database), "celery": "disabled", "redis": "disabled"},
        "version": version("tutti"),
    }


@router.get("/livez")
async def alive() -> dict[str, str]:
    """200 as long as the process answers at all."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "The job store can't be reached."}})
async def ready(context: Annotated[Context, Depends(context_of)]) -> JSONResponse:
    """200 if jobs can be accepted."""
    database = await _database(context.database)
    closing = context.hub.closing
    status = 200 if database == "ok" and not closing else 503
    return JSONResponse({"status": "closing" if closing else database}, status)


async def _database(database: Database) -> str:
    with anyio.move_on_after(_ANSWER_S):
        try:
            await to_thread.run_sync(_ask, database, abandon_on_cancel=True, limiter=_probes)
        except SQLAlchemyError:
            return "unavailable"
        return "ok"
    return "unavailable"


def _ask(database: Database) -> None:
    with database.reading() as session:
        session.execute(text("SELECT 1"))
