"""Callbacks hear of every better plan and bound, in order, and can break nothing."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tests.optimizer.verdict import checked_plan
from tests.optimizer.watching import Recorder
from tutti.fleet.plan import Bound, Objective, Plan, Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.rules import check
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import Callback, Progress, Result, never, solve
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.state.search import Search


@examples(40)
@given(problems(least=1))
def test_every_plan_told_is_valid_and_better_than_the_one_before(problem: Problem) -> None:
    seen = Recorder()
    result = solve(problem, callbacks=[seen])
    assert [check(problem, plan) for plan in seen.plans] == [[] for _ in seen.plans]
    assert [plan.objective for plan in seen.plans] == seen.objectives
    assert all(after < before for before, after in pairwise(seen.objectives))
    assert seen.plans[-1] == result.plan


@examples(40)
@given(problems())
def test_every_bound_told_says_more_than_the_one_before(problem: Problem) -> None:
    seen = Recorder()
    result = solve(problem, callbacks=[seen])
    rank = [(bound.buses, -1 if bound.deadhead_min is None else bound.deadhead_min) for bound in seen.bounds]
    assert rank == sorted(set(rank))
    assert not seen.bounds or seen.bounds[-1] == result.certificate.bound


def test_the_start_is_told_first_and_the_end_last() -> None:
    problem = random_problem("narrow", 20, 0)
    seen = Recorder()
    result = solve(problem, callbacks=[seen])
    assert seen.started == [problem]
    assert seen.ended == [result]


def test_several_callbacks_hear_the_same() -> None:
    one, other = Recorder(), Recorder()
    solve(random_problem("narrow", 20, 1), callbacks=[one, other])
    assert one.plans
    assert one.plans == other.plans
    assert one.bounds == other.bounds


def test_progress_tells_the_plan_and_bound_of_its_moment() -> None:
    class Check(Callback):
        def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
            assert progress.objective == objective
            assert progress.phase

        def on_bound(self, bound: Bound, progress: Progress) -> None:
            assert progress.bound == bound

    result = solve(random_problem("narrow", 20, 2), callbacks=[Check()])
    assert result.certificate.stop_reason is None


def test_a_bound_is_told_if_it_says_something_of_the_best_plan() -> None:
    trips = tuple(Trip(f"t{number}", "entry", 480, 540, 480, 10, 0, 0) for number in range(3))
    problem = Problem(trips, MatrixTravel(((4,),)), (VehicleType("bus", 40),))
    seen = Recorder()
    search, arcs = Search(problem, never, [seen]), Arcs.of(problem)
    search.offer(arcs, [[0], [1], [2]])
    for deadhead_min in (1, 2, 3):
        search.prove_deadhead(1, deadhead_min)
    assert not seen.bounds
    search.offer(arcs, [[0, 1, 2]])
    search.prove_deadhead(1, 8)
    assert [bound.deadhead_min for bound in seen.bounds] == [8]


class _FailsAt(Callback):
    def __init__(self, method: str) -> None:
        self._method = method

    def _fail(self, method: str) -> None:
        if method == self._method:
            raise LookupError("the display is gone")

    def on_start(self, problem: Problem) -> None:
        self._fail("on_start")

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        self._fail("on_incumbent")

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        self._fail("on_bound")

    def on_end(self, result: Result) -> None:
        self._fail("on_end")


@pytest.mark.parametrize("method", ["on_start", "on_incumbent", "on_bound"])
def test_an_exception_in_a_callback_stops_the_solve_and_keeps_the_plan(method: str) -> None:
    problem = random_problem("wide", 25, 3)
    result = solve(problem, callbacks=[_FailsAt(method)])
    checked_plan(problem, result)
    assert result.certificate.status is Status.STOPPED
    assert result.certificate.stop_reason is not None
    assert "the display is gone" in result.certificate.stop_reason


def test_an_exception_at_the_end_keeps_the_plan() -> None:
    problem = random_problem("wide", 25, 3)
    result = solve(problem, callbacks=[_FailsAt("on_end")])
    checked_plan(problem, result)


def test_an_exception_in_one_callback_does_not_keep_the_end_from_the_others() -> None:
    seen = Recorder()
    result = solve(random_problem("wide", 25, 3), callbacks=[_FailsAt("on_start"), seen])
    assert seen.ended == [result]


def test_an_exception_while_infeasible_is_told_leaves_the_reasons() -> None:
    problem = random_problem("fixed", 3, 0)
    trip = problem.trips[0]
    impossible = replace(problem, trips=(replace(trip, latest_min=trip.earliest_min - 1), *problem.trips[1:]))
    result = solve(impossible, callbacks=[_FailsAt("on_end")])
    assert result.certificate.status is Status.INFEASIBLE
    assert len(result.certificate.reasons) == 1
