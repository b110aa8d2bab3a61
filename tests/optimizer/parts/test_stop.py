"""Stopping rules."""

from threading import Event

from tutti.fleet.plan import Bound, Objective
from tutti.optimizer import Progress, any_of, cancelled, gap, never, stalled, time_limit


def progress(seconds: float = 0.0, since: float = 0.0, buses: int = 10, bound: int = 9) -> Progress:
    return Progress(seconds, since, "root", Objective(buses, 100, 0), Bound(buses=bound), rounds=1)


def test_never_has_no_reason() -> None:
    assert never(progress(seconds=1e9)) is None


def test_the_time_limit_is_reached_exactly_at_its_end() -> None:
    rule = time_limit(5)
    assert rule(progress(seconds=4.99)) is None
    assert rule(progress(seconds=5)) == "time limit of 5 s"


def test_seconds_before_a_solve_count_for_its_time_limit() -> None:
    rule = time_limit(5, spent_s=3)
    assert rule(progress(seconds=1.99)) is None
    assert rule(progress(seconds=2)) == "time limit of 5 s"


def test_a_gap_is_reached_when_that_little_is_not_proven() -> None:
    assert gap(0.05)(progress()) is None
    assert gap(0.1)(progress()) == "gap of 0.1 reached"


def test_an_unknown_gap_is_not_a_small_one() -> None:
    assert gap(1.0)(progress(buses=9, bound=9)) is None


def test_a_search_that_finds_nothing_better_stalls() -> None:
    assert stalled(3)(progress(since=2.9)) is None
    assert stalled(3)(progress(since=3)) == "no better plan for 3 s"


def test_a_cancelled_search_says_so() -> None:
    event = Event()
    rule = cancelled(event, "the planner said stop")
    assert rule(progress()) is None
    event.set()
    assert rule(progress()) == "the planner said stop"


def test_the_first_rule_with_a_reason_counts() -> None:
    rule = any_of(never, time_limit(1), stalled(1))
    assert rule(progress()) is None
    assert rule(progress(seconds=1, since=1)) == "time limit of 1 s"
