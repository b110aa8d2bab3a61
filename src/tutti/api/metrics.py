"""`/metrics`: what this process counts, and what job store and broker know, for Prometheus."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutti.api.context import Context, context_of
from tutti.api.service_state import ServiceState
from tutti.telemetry.exposing import counted
from tutti.telemetry.metrics import HTTP_SECONDS

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
def metrics(context: Annotated[Context, Depends(context_of)]) -> Response:
    """Metrics in Prometheus' text format; without those of the job store while that is away."""
    registry = CollectorRegistry()
    registry.register(ServiceState(context))
    return Response(counted() + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class Timed:
    """Middleware that counts each answer by its route's template, however long its body then takes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                labels = (_method(scope["method"]), _template(scope), str(message["status"]))
                HTTP_SECONDS.labels(*labels).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, note)


def _template(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "none")


def _method(name: str) -> str:
    """Of methods that nobody has heard of there are too many."""
    return name if name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
