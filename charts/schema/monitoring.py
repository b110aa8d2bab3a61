"""Values of what watches the service: logs, and, off until they are asked for, traces, metrics, alerts, dashboard."""

from typing import Annotated, Literal

from pydantic import Field

from charts.schema.parts import Count, Objects, Part, Port, Texts


class Logs(Part):
    """What Tutti's pods log."""

    format: Literal["json", "text"] = "json"
    """`json`: an object a line, for what collects logs; `text`: lines for people."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least weight of what is logged."""


class Tracing(Part):
    """Spans of each job's way, told to a collector of OpenTelemetry."""

    endpoint: Annotated[str, Field(pattern="^(https?://.+)?$")] = ""
    """Where it takes OTLP over HTTP, such as http://collector.observability:4318; empty: no spans."""
    collectors: Objects = []
    """Peers (as in a NetworkPolicy) that it is among; empty: any, at the endpoint's port."""


class Monitors(Part):
    """A ServiceMonitor of the API and a PodMonitor of the workers, for the Prometheus Operator."""

    enabled: bool = False
    """Make them; the Prometheus Operator must be installed."""
    interval_seconds: Count = 30
    """Time between two looks at the metrics."""
    labels: Texts = {}
    """Their labels, if your Prometheus chooses by labels."""


class Alerts(Part):
    """A PrometheusRule."""

    enabled: bool = False
    """Make it; the Prometheus Operator must be installed."""
    labels: Texts = {}
    """Its labels, if your Prometheus chooses by labels."""
    runbooks: Annotated[str, Field(pattern="^[^$]+$")] = "docs/runbooks"
    """Address under which the pages of docs/runbooks can be read; alerts link to them."""


class Dashboard(Part):
    """A ConfigMap that Grafana's sidecar finds."""

    enabled: bool = False
    """Make it."""
    labels: Texts = {"grafana_dashboard": "1"}
    """Labels by which the sidecar finds it."""
    annotations: Texts = {}
    """Its annotations, such as the folder."""


class Monitoring(Part):
    """What watches the service."""

    worker_port: Port = 9464
    """Port at which workers tell Prometheus what they counted; the API does at /metrics."""
    scrapers: Objects = []
    """Peers (as in a NetworkPolicy) that may read the metrics; empty: all pods of the cluster."""
    monitors: Monitors = Monitors()
    """A ServiceMonitor and a PodMonitor."""
    alerts: Alerts = Alerts()
    """The alerts, as a PrometheusRule."""
    dashboard: Dashboard = Dashboard()
    """A dashboard for Grafana."""
