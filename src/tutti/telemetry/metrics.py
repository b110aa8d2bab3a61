"""Every metric that a process counts by itself. What the job store knows is asked there, by `tutti.api.metrics`.

Labels have few values: route templates, never addresses; size classes and outcomes, never ids.
"""

from collections.abc import Mapping
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

_HTTP_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SOLVE_S = (0.05, 0.25, 1, 5, 15, 60, 300, 900, 1800, 3600)
_SHARES = (0, 0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)

HTTP_SECONDS = Histogram(
    "tutti_http_answer_seconds",
    "Seconds from a request's head to its answer's head.",
    ["method", "route", "status"],
    buckets=_HTTP_S,
)
WATCHERS = Gauge("tutti_watchers", "Clients that follow a job now.", ["way"], multiprocess_mode="livesum")
JOB_EVENTS = Counter(
    "tutti_job_events",
    "What happened to jobs: queued (again, if it started before), started, progress, completed, failed, cancelled.",
    ["queue", "kind"],
)
SOLVE_SECONDS = Histogram(
    "tutti_solve_seconds", "Seconds that the optimizer took for a plan.", ["queue"], buckets=_SOLVE_S
)
SOLVE_GAP = Histogram(
    "tutti_solve_gap",
    "Share of a plan's cost that is not proven; 0: optimal.",
    ["queue"],
    buckets=_SHARES,
)
RECOVERIES = Counter("tutti_recoveries", "Jobs taken back from a holder that gave no sign of life.")


def count_job_event(queue: str, kind: str, data: Mapping[str, Any]) -> None:
    """Count what happened to a job; `data` of a completed one has the seconds and the gap of its plan."""
    JOB_EVENTS.labels(queue, kind).inc()
    if kind != "completed":
        return
    for histogram, name in ((SOLVE_SECONDS, "seconds"), (SOLVE_GAP, "gap")):
        if (value := data.get(name)) is not None:
            histogram.labels(queue).observe(value)
