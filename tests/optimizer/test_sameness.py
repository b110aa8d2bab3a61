"""Solving again, or the same day written down differently, changes nothing that it should not."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems
from tests.optimizer.verdict import checked_plan, proven_levels
from tests.optimizer.watching import Recorder
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem, Trip
from tutti.optimizer import solve


@examples(25)
@given(problems(), st.integers(0, 3))
def test_the_same_seed_gives_the_same_plans_in_the_same_order(problem: Problem, seed: int) -> None:
    first, again = Recorder(), Recorder()
    result = solve(problem, seed=seed, callbacks=[first])
    repeated = solve(problem, seed=seed, callbacks=[again])
    assert repeated.plan == result.plan
    assert again.plans == first.plans
    assert again.bounds == first.bounds


@examples(25)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_trips_does_not_matter_to_an_optimum(problem: Problem, random: Random) -> None:
    shuffled = list(problem.trips)
    random.shuffle(shuffled)
    _assert_equal_if_optimal(problem, replace(problem, trips=tuple(shuffled)))


@examples(25)
@given(problems(), st.integers(-900, 1500))
def test_the_time_of_day_does_not_matter_to_an_optimum(problem: Problem, later_min: int) -> None:
    _assert_equal_if_optimal(problem, replace(problem, trips=tuple(_moved(trip, later_min) for trip in problem.trips)))


@examples(25)
@given(problems(), st.integers(0, 3))
def test_the_seed_does_not_matter_to_an_optimum(problem: Problem, seed: int) -> None:
    one, other = solve(problem), solve(problem, seed=seed + 1)
    if one.certificate.status is other.certificate.status is Status.OPTIMAL:
        assert one.certificate.bound == other.certificate.bound


@examples(25)
@given(problems(least=1), st.data())
def test_a_wider_window_never_costs_anything(problem: Problem, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(problem.trips) - 1))
    earlier, later = data.draw(st.integers(0, 30)), data.draw(st.integers(0, 30))
    trips = list(problem.trips)
    trips[number] = replace(
        trips[number],
        earliest_min=trips[number].earliest_min - earlier,
        latest_min=trips[number].latest_min + later,
    )
    wider = replace(problem, trips=tuple(trips))
    narrow_plan, wide = checked_plan(problem, solve(problem)), solve(wider)
    wide_plan = checked_plan(wider, wide)
    if wide.certificate.status is Status.OPTIMAL:
        assert proven_levels(wide_plan) <= proven_levels(narrow_plan)


def _moved(trip: Trip, later_min: int) -> Trip:
    return replace(
        trip,
        earliest_min=trip.earliest_min + later_min,
        latest_min=trip.latest_min + later_min,
        asked_min=trip.asked_min + later_min,
    )


def _assert_equal_if_optimal(problem: Problem, same: Problem) -> None:
    one, other = solve(problem), solve(same)
    plan, other_plan = checked_plan(problem, one), checked_plan(same, other)
    if one.certificate.status is other.certificate.status is Status.OPTIMAL:
        assert proven_levels(plan) == proven_levels(other_plan)
