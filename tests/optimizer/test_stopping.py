"""Whenever a stopping rule says stop, there is a checked plan, a true bound, and the reason."""

from itertools import pairwise

import pytest
from hypothesis import given

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tests.optimizer.oracle import prove
from tests.optimizer.verdict import assert_agrees, checked_plan
from tests.optimizer.watching import Recorder, StopAt
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem
from tutti.optimizer import gap, solve


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


def test_a_reached_gap_is_reported_as_the_reason() -> None:
    problem = random_problem("wide", 25, 2)
    result = solve(problem, stop=gap(0.9))
    checked_plan(problem, result)
    assert result.certificate.gap is not None
    assert result.certificate.gap <= 0.9
