"""`/metrics`: what this process counts, and what the job store knows, for Prometheus."""

import time
from collections.abc import Iterable
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutti.api.context import Context, context_of
from tutti.execution.queues import CELERY
from tutti.jobs.backlog import backlogs
from tutti.jobs.states import State
from tutti.telemetry.exposing import counted
from tutti.telemetry.metrics import HTTP_SECONDS

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
def metrics(context: Annotated[Context, Depends(context_of)]) -> Response:
    """Metrics in Prometheus' text format; without those of the job store while that is away."""
    registry = CollectorRegistry()
    registry.register(ServiceState(context))
    return Response(counted() + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def state_metrics() -> dict[str, GaugeMetricFamily]:
    """The metrics of the service's state by their names, without values."""
    families = [
        GaugeMetricFamily("tutti_build_info", "1, with the version.", labels=["version"]),
        GaugeMetricFamily("tutti_circuit_closed", "1 if calls pass, 0 if it is left alone.", labels=["dependency"]),
        GaugeMetricFamily("tutti_store_up", "1 if the job store answered."),
        GaugeMetricFamily("tutti_jobs", "Jobs that wait or run.", labels=["queue", "state"]),
        GaugeMetricFamily(
            "tutti_unsent_jobs", "Waiting jobs that the broker is still to be told of.", labels=["queue"]
        ),
        GaugeMetricFamily(
            "tutti_oldest_job_seconds", "Age of the job that was submitted first.", labels=["queue", "state"]
        ),
    ]
    return {family.name: family for family in families}


class ServiceState(Collector):
    """What is found out when Prometheus asks, and so is the same at every replica of the service."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Build, circuits, and the jobs that wait or run."""
        families = state_metrics()
        families["tutti_build_info"].add_metric([version("tutti")], 1)
        circuits = [self._context.database.circuit]
        circuits += [] if self._context.broker is None else [self._context.broker.circuit]
        for circuit in circuits:
            families["tutti_circuit_closed"].add_metric([circuit.name], circuit.state == "closed")
        families["tutti_store_up"].add_metric([], self._fill(families))
        return families.values()

    def _fill(self, families: dict[str, GaugeMetricFamily]) -> bool:
        """Whether the store answered."""
        try:
            with self._context.database.reading() as session:
                found = backlogs(session)
        except SQLAlchemyError:
            return False
        for backlog in found:
            families["tutti_jobs"].add_metric([backlog.queue, backlog.state], backlog.jobs)
            families["tutti_oldest_job_seconds"].add_metric([backlog.queue, backlog.state], backlog.oldest_s)
            if backlog.state == State.QUEUED and backlog.queue in CELERY:
                families["tutti_unsent_jobs"].add_metric([backlog.queue], backlog.unsent)
        return True


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
