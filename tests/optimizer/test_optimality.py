"""What a result claims is true: for every kind of problem, against optima that were found without the optimizer."""

import pytest
from hypothesis import given

from tests.optimizer.effort import examples
from tests.optimizer.instances import KINDS, QUICK_KINDS, days_in_depots, problems, random_problem
from tests.optimizer.oracle import least_shift, prove, try_everything
from tests.optimizer.verdict import assert_agrees, checked_plan, proven_levels
from tests.optimizer.watching import StopAt
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem
from tutti.fleet.proven import proven_bound
from tutti.fleet.reading import read_day
from tutti.optimizer import solve

IN_TOWN, FAR_OFF = (40.05, -2.65), (40.35, -2.4)  # latitude and longitude for made-up days


@examples(60)
@given(problems(most=7))
def test_small_days_get_the_optimum_of_trying_everything(problem: Problem) -> None:
    result = solve(problem)
    assert result.certificate.status is Status.OPTIMAL
    assert proven_levels(checked_plan(problem, result)) == try_everything(problem)


@examples(120)
@given(days_in_depots(least=1, most=3, trips=7))
def test_small_days_with_depots_get_the_optimum_of_trying_everything(problem: Problem) -> None:
    result = solve(problem)
    assert result.certificate.status is Status.OPTIMAL
    assert proven_levels(checked_plan(problem, result)) == try_everything(problem)


@examples(25)
@given(problems(least=8, most=25, kinds=QUICK_KINDS))
def test_days_of_long_chains_get_the_optimum_of_cp_sat(problem: Problem) -> None:
    result = solve(problem)
    checked_plan(problem, result)
    assert_agrees(result.certificate, prove(problem))


@pytest.mark.parametrize("polls", [5, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_bounds_are_true_where_the_proof_is_hard(kind: str, polls: int) -> None:
    problem = random_problem(kind, 25, 0)
    result = solve(problem, stop=StopAt(polls))
    checked_plan(problem, result)
    assert_agrees(result.certificate, prove(problem, effort=0.3))


@pytest.mark.parametrize("kind", QUICK_KINDS)
def test_days_with_short_or_narrow_windows_are_proven(kind: str) -> None:
    for seed in range(5):
        assert solve(random_problem(kind, 20, seed)).certificate.status is Status.OPTIMAL


@pytest.mark.parametrize(("kind", "trips", "seed"), [("one_place", 25, 5268), ("cyclic", 15, 8), ("still", 20, 9008)])
def test_too_few_buses_are_refuted_where_windows_are_wide(kind: str, trips: int, seed: int) -> None:
    assert solve(random_problem(kind, trips, seed)).certificate.status is Status.OPTIMAL


@pytest.mark.parametrize(("routes", "seed"), [(100, 7), (150, 1)])
def test_days_of_one_type_that_two_corners_leave_open_are_proven_by_whole_blocks(routes: int, seed: int) -> None:
    result = solve(read_day(generate_day(routes, seed, wide=True)).problem())
    assert result.certificate.status is Status.OPTIMAL
    assert "columns_s" in result.statistics


@pytest.mark.parametrize(("routes", "places"), [(300, [IN_TOWN]), (300, [FAR_OFF]), (500, [IN_TOWN, FAR_OFF])])
def test_days_of_one_type_in_depots_are_proven_by_links(routes: int, places: list[tuple[float, float]]) -> None:
    day = generate_day(routes, 1)
    day["options"]["depots"] = [{"name": f"D{lat}", "lat": lat, "lon": lon} for lat, lon in places]
    problem = read_day(day).problem()
    result = solve(problem)
    checked_plan(problem, result)
    assert result.certificate.status is Status.OPTIMAL
    assert len(places) > 1 or proven_bound(problem, result.proof) == result.certificate.bound
    assert "columns_s" not in result.statistics


@examples(40)
@given(problems(least=1))
def test_no_other_starts_of_the_same_blocks_shift_less(problem: Problem) -> None:
    plan = checked_plan(problem, solve(problem))
    trips = {trip.id: trip for trip in problem.trips}
    for block in plan.blocks:
        shift = sum(abs(planned.shift_min) for planned in block.trips)
        assert shift == least_shift(problem, [trips[planned.route_id] for planned in block.trips])
