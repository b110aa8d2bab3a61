"""`/metrics`: what this process counts, and what job store and broker know, for Prometheus."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from tutti.api.context import Context, context_of
from tutti.api.service_state import ServiceState
from tutti.telemetry.exposing import counted

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
def metrics(context: Annotated[Context, Depends(context_of)]) -> Response:
    """Metrics in Prometheus' text format; without those of the job store while that is away."""
    registry = CollectorRegistry()
    registry.register(ServiceState(context))
    return Response(counted() + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
