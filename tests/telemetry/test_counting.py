"""What is counted of jobs."""

import pytest
from prometheus_client import REGISTRY

from tutti.telemetry.counting import begin_counts, count_job_event

DONE = {"seconds": 2.0, "gap": 0.0}


def ended(queue: str) -> dict[str, float | None]:
    """How many jobs of the queue ended how."""
    return {
        outcome: REGISTRY.get_sample_value("tutti_ended_jobs_total", {"queue": queue, "outcome": outcome})
        for outcome in ("in_time", "late", "failed")
    }


@pytest.mark.parametrize(
    ("kind", "data", "age_s", "outcome"),
    [
        ("completed", DONE, 120, "in_time"),
        ("completed", DONE, 121, "late"),
        ("failed", {"error_code": "infeasible"}, 1, "in_time"),
        ("failed", {"error_code": "solver_killed"}, 1, "failed"),
        ("failed", {"error_code": "attempts_exhausted"}, 1, "failed"),
    ],
)
def test_a_job_that_ends_within_its_limit_and_a_minute_is_in_time(
    kind: str, data: dict[str, object], age_s: float, outcome: str
) -> None:
    queue = f"{kind} {data} {age_s}"
    count_job_event(queue, kind, data, age_s=age_s, limit_s=60)
    assert ended(queue) == {"in_time": 0, "late": 0, "failed": 0} | {outcome: 1}


def test_a_cancelled_job_is_neither_in_time_nor_late() -> None:
    count_job_event("cancelled ones", "cancelled", {}, age_s=5000)
    assert set(ended("cancelled ones").values()) == {None}


def test_how_long_a_job_took_is_counted_when_it_ends() -> None:
    for kind in ("queued", "completed"):
        count_job_event("timed", kind, DONE, age_s=30)
    seconds = {
        kind: REGISTRY.get_sample_value("tutti_job_seconds_sum", {"queue": "timed", "kind": kind})
        for kind in ("queued", "completed")
    }
    assert seconds == {"queued": None, "completed": 30}


def test_a_failure_is_counted_by_its_code() -> None:
    count_job_event("failing", "failed", {"error_code": "infeasible"}, age_s=1)
    assert REGISTRY.get_sample_value("tutti_failures_total", {"queue": "failing", "code": "infeasible"}) == 1


def test_ends_are_counted_from_0() -> None:
    begin_counts(["new ones"])
    assert ended("new ones") == {"in_time": 0, "late": 0, "failed": 0}
