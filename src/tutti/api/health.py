"""Health: `/health` for people and the kept contract, `/livez` and `/readyz` for whatever runs the service."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any, TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from kombu.exceptions import OperationalError as BrokerAwayError
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from tutti.api.context import Context, context_of
from tutti.execution.broker import Broker
from tutti.jobs.circuit import Circuit
from tutti.jobs.database import Database
from tutti.jobs.reading import try_reading

T = TypeVar("T")

router = APIRouter(tags=["health"])

_ANSWER_S = 0.9
_probes = CapacityLimiter(12)  # threads of their own: requests that hang on a dead store can't use them up


@router.get("/health")
async def health(context: Annotated[Context, Depends(context_of)]) -> dict[str, Any]:
    """How the service and what it needs are; answers within a second, whatever hangs."""
    found = await services(context)
    return {
        "status": "ok",
        "service": "tutti-backend",
        "celery": found["celery"],
        "services": found,
        "circuits": {circuit.name: circuit.state for circuit in circuits(context)},
        "version": version("tutti"),
    }


async def services(context: Context) -> dict[str, str]:
    """What the service needs, `database`, `celery` and `redis`, and how each is; within a second."""
    found = {"database": "unavailable", "celery": "disabled", "redis": "disabled"}

    async def look(name: str, ask: Callable[[], str], otherwise: str) -> None:
        found[name] = await asked(ask, otherwise)

    async with anyio.create_task_group() as group:
        group.start_soon(look, "database", partial(_database, context.database), "unavailable")
        if (broker := context.broker) is not None:
            group.start_soon(look, "redis", partial(_broker, broker), "unavailable")
            group.start_soon(look, "celery", lambda: "ok" if broker.has_workers() else "no_workers", "unavailable")
    if found["redis"] == "unavailable":
        found["celery"] = "unavailable"
    return found


def circuits(context: Context) -> list[Circuit]:
    """Those of what the service needs; an open one spares a dependency that is away."""
    store = context.database.circuit
    return [store] if context.broker is None else [store, context.broker.circuit]


@router.get("/livez")
async def alive() -> dict[str, str]:
    """200 as long as the process answers at all."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "The job store can't be reached."}})
async def ready(context: Annotated[Context, Depends(context_of)]) -> JSONResponse:
    """200 if jobs can be accepted."""
    database = await asked(partial(_database, context.database), "unavailable")
    closing = context.hub.closing
    status = 200 if database == "ok" and not closing else 503
    return JSONResponse({"status": "closing" if closing else database}, status)


async def asked(ask: Callable[[], T], otherwise: T, patience_s: float = _ANSWER_S) -> T:
    """What `ask` answers in a thread of its own; `otherwise` if it fails or takes too long."""
    with anyio.move_on_after(patience_s):
        try:
            return await to_thread.run_sync(ask, abandon_on_cancel=True, limiter=_probes)
        except (SQLAlchemyError, RedisError, BrokerAwayError):
            return otherwise
    return otherwise


def _broker(broker: Broker) -> str:
    if not broker.answers():
        return "unavailable"
    return "full" if broker.is_full() else "ok"


def _database(database: Database) -> str:
    with database.reading() as session:
        try_reading(session)
    return "ok"
