"""Counting what happens to jobs."""

from collections.abc import Iterable, Mapping
from typing import Any

from tutti.telemetry.metrics import ENDED_JOBS, FAILURES, JOB_EVENTS, JOB_SECONDS, SOLVE_GAP, SOLVE_SECONDS

_PROMISE_S = 60.0
"""A job ends within its time limit and this, as the service promises (docs/reference/alerts.md)."""
_ASKED_FOR = ("invalid_input", "infeasible", "no_plan_found")
"""Failures that are the answer to what was asked."""
_OUTCOMES = ("in_time", "late", "failed")
_ENDS = ("completed", "failed", "cancelled")


def to_blame(code: str) -> bool:
    """Whether a failure is the service's, and not the answer to what was asked."""
    return code not in _ASKED_FOR


def count_job_event(
    queue: str, kind: str, data: Mapping[str, Any], *, age_s: float | None = None, limit_s: float | None = None
) -> None:
    """Count what happened to a job.

    data: of a completed one with the seconds and the gap of its plan, of a failed one with its code. age_s: from
    submission to end; limit_s: the job's own time limit. None: not known.
    """
    JOB_EVENTS.labels(queue, kind).inc()
    if kind in _ENDS and age_s is not None:
        JOB_SECONDS.labels(queue, kind).observe(age_s)
    if kind == "completed":
        for histogram, name in ((SOLVE_SECONDS, "seconds"), (SOLVE_GAP, "gap")):
            if (value := data.get(name)) is not None:
                histogram.labels(queue).observe(value)
        in_time = age_s is None or limit_s is None or age_s <= limit_s + _PROMISE_S
        _count_end(queue, "in_time" if in_time else "late")
    elif kind == "failed":
        FAILURES.labels(queue, data["error_code"]).inc()
        _count_end(queue, "failed" if to_blame(data["error_code"]) else "in_time")


def begin_counts(queues: Iterable[str]) -> None:
    """Let the ends of jobs in these queues be counted from 0, when a process starts that may count some.

    Prometheus sees no increase in a count that is new, so the first job that fails would go unseen.
    """
    for queue in queues:
        for outcome in _OUTCOMES:
            ENDED_JOBS.labels(queue, outcome)


def _count_end(queue: str, outcome: str) -> None:
    """Count it beside the other outcomes, which begin at 0."""
    begin_counts([queue])
    ENDED_JOBS.labels(queue, outcome).inc()
