"""The metrics as a table for the documentation, from the metrics themselves."""

from collections.abc import Iterable

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

import tutti.telemetry.metrics  # noqa: F401  # registers them


def own_metrics() -> list[Metric]:
    """What this process counts, not what the library adds about the process itself."""
    return [metric for metric in REGISTRY.collect() if metric.name.startswith("tutti_")]


def described(metrics: Iterable[Metric]) -> str:
    """One row a metric: name, type, meaning."""
    rows = ["| metric | type | meaning |", "| --- | --- | --- |"]
    for metric in metrics:
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        rows.append(f"| `{name}` | {metric.type} | {metric.documentation} |")
    return "\n".join([*rows, ""])
