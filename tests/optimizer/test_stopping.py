"""Whenever a stopping rule says stop, there is a checked plan, a true bound, and the reason."""

from itertools import pairwise
from threading import Event

import pytest
from hypothesis import given

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tests.optimizer.oracle import prove
from tests.optimizer.verdict import assert_agrees, checked_plan
from tests.optimizer.watching import Recorder, StopAt
from tutti.fleet.plan import Bound, Objective, Status
from tutti.fleet.problem import Problem
from tutti.optimizer import Progress, any_of, cancelled, gap, never, solve, stalled, time_limit


@pytest.mark.parametrize(
    ("kind", "trips", "seed"), [("narrow", 25, 0), ("cyclic", 12, 1), ("compressed", 14, 2), ("wide", 20, 3)]
)
def test_a_solve_can_be_stopped_at_every_poll(kind: str, trips: int, seed: int) -> None:
    problem = random_problem(kind, trips, seed)
    known = prove(problem, effort=1.0)
    whole = Recorder()
    polls = StopAt()
    solve(problem, stop=polls, callbacks=[whole])
    for poll in range(1, len(polls.asked) + 1):
        seen = Recorder()
        result = solve(problem, stop=StopAt(poll), callbacks=[seen])
        checked_plan(problem, result)
        assert_agrees(result.certificate, known)
        assert result.certificate.stop_reason == f"poll {poll}" or result.certificate.status is Status.OPTIMAL
        assert seen.plans[:-1] == whole.plans[: len(seen.plans) - 1]
        assert seen.plans[-1] == result.plan


@examples(30)
@given(problems(least=1))
def test_a_rule_that_stops_at_once_still_gets_a_plan(problem: Problem) -> None:
    result = solve(problem, stop=lambda progress: "enough")
    checked_plan(problem, result)
    assert result.certificate.stop_reason == "enough" or result.certificate.status is Status.OPTIMAL


def test_a_rule_is_asked_no_more_once_it_gave_a_reason() -> None:
    stop = StopAt(2)
    solve(random_problem("wide", 25, 0), stop=stop)
    assert len(stop.asked) == 2


def test_progress_only_gets_better() -> None:
    polls = StopAt()
    solve(random_problem("wide", 25, 1), stop=polls)
    for before, after in pairwise(polls.asked):
        assert before.seconds <= after.seconds
        assert before.rounds <= after.rounds
        assert after.objective <= before.objective
        assert (before.bound.buses, before.bound.deadhead_min or 0) <= (
            after.bound.buses,
            after.bound.deadhead_min or 0,
        )


def _progress(*, seconds: float = 5.0, idle: float = 2.0, buses: int = 10, bound: int = 9) -> Progress:
    return Progress(seconds, idle, "dive", Objective(buses, 100, 7), Bound(bound, 80), 3)


def test_a_time_limit_stops_from_its_second_on() -> None:
    assert time_limit(5.0)(_progress(seconds=4.99)) is None
    assert time_limit(5.0)(_progress(seconds=5.0)) == "time limit of 5 s"


def test_seconds_before_a_solve_count_for_its_time_limit() -> None:
    assert time_limit(5.0, spent_s=3.0)(_progress(seconds=1.99)) is None
    assert time_limit(5.0, spent_s=3.0)(_progress(seconds=2.0)) == "time limit of 5 s"


def test_a_gap_stops_as_soon_as_it_is_reached() -> None:
    assert gap(0.09)(_progress()) is None
    assert gap(0.1)(_progress()) == "gap of 0.1 reached"
    assert gap(0.2)(_progress(bound=10)) == "gap of 0.2 reached"


def test_a_stalled_solve_stops() -> None:
    assert stalled(3.0)(_progress(idle=2.9)) is None
    assert stalled(3.0)(_progress(idle=3.0)) == "no better plan for 3 s"


def test_an_event_cancels() -> None:
    event = Event()
    rule = cancelled(event, "the user pressed Ctrl-C")
    assert rule(_progress()) is None
    event.set()
    assert rule(_progress()) == "the user pressed Ctrl-C"


def test_the_first_of_several_rules_that_stops_gives_the_reason() -> None:
    assert any_of(never, stalled(1), time_limit(1))(_progress()) == "no better plan for 1 s"
    assert any_of(never, time_limit(99))(_progress()) is None


def test_a_reached_gap_is_reported_as_the_reason() -> None:
    problem = random_problem("wide", 25, 2)
    result = solve(problem, stop=gap(0.9))
    checked_plan(problem, result)
    assert result.certificate.gap is not None
    assert result.certificate.gap <= 0.9
