"""`/metrics`: what this process counts, and what job store and broker know, for Prometheus."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from tutti.api.context import Context, context_of
from tutti.api.health import asked
from tutti.api.service_state import ServiceState, Stored
from tutti.telemetry.exposing import counted

router = APIRouter()

_STORE_S = 5.0  # Prometheus waits 10 s if it is not told otherwise, and is to hear of a store that hangs


@router.get("/metrics", include_in_schema=False)
async def metrics(context: Annotated[Context, Depends(context_of)]) -> Response:
    """Metrics in Prometheus' text format; without those of the job store while that is away, or hangs."""
    stored = await asked(partial(Stored.read, context.database), None, _STORE_S)
    return Response(await run_in_threadpool(_text, ServiceState(context, stored)), media_type=CONTENT_TYPE_LATEST)


def _text(state: ServiceState) -> bytes:
    registry = CollectorRegistry()
    registry.register(state)
    return counted() + generate_latest(registry)
