"""The metrics as a table for the documentation, from the metrics themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import GaugeMetricFamily

from tutti.telemetry import metrics


@dataclass(frozen=True, slots=True)
class Described:
    """A metric by the name that Prometheus has for it."""

    name: str
    type: str
    labels: tuple[str, ...]
    meaning: str

    @classmethod
    def counted(cls, metric: MetricWrapperBase) -> Self:
        """One that a process counts."""
        (described,) = metric.describe()
        name = f"{described.name}_total" if described.type == "counter" else described.name
        return cls(name, described.type, tuple(metric._labelnames), described.documentation)

    @classmethod
    def found_out(cls, family: GaugeMetricFamily) -> Self:
        """One that is found out when Prometheus asks."""
        return cls(family.name, family.type, tuple(family._labelnames), family.documentation)

    @property
    def series(self) -> list[str]:
        """The names under which its values come."""
        return [self.name + end for end in ("_bucket", "_sum", "_count")] if self.type == "histogram" else [self.name]


def own_metrics() -> list[Described]:
    """What a process counts, not what the library adds about the process itself."""
    return [Described.counted(one) for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)]


def table(rows: Iterable[Described]) -> str:
    """One row a metric: name, type, labels, meaning."""
    lines = ["| metric | type | labels | meaning |", "| --- | --- | --- | --- |"]
    for row in rows:
        lines.append(f"| `{row.name}` | {row.type} | {', '.join(row.labels)} | {row.meaning} |")
    return "\n".join([*lines, ""])
