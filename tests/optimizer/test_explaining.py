"""Explanations: witnesses are what they say, and reliefs really make plans cheaper."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tests.optimizer.test_whole_fleet import fleets, least_levels
from tutti.fleet.plan import Bound, Objective, Plan
from tutti.fleet.problem import Problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import Progress, Result, Stop, explaining, solve
from tutti.optimizer.bounds.fewest_blocks import fewest_blocks
from tutti.optimizer.bounds.witness import witness_of
from tutti.optimizer.dropping import solve_or_drop
from tutti.optimizer.explaining import explain
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.terms import Terms


def best_plan(problem: Problem) -> Plan:
    plan = solve(problem).plan
    assert plan is not None
    return plan


@examples(60)
@given(problems(most=25))
def test_no_trip_of_a_witness_can_follow_another_and_they_are_as_many_as_pairs_prove(problem: Problem) -> None:
    trips = [problem.trips[number] for number in witness_of(problem, Arcs.of(problem), 5).trips]
    for one, other in permutations(trips, 2):
        ready = one.earliest_min + one.duration_min + problem.travel.minutes(one.destination, other.origin)
        assert ready > other.latest_min
    assert len(trips) >= fewest_blocks(Weights.without_depots(Arcs.of(problem))).cover.fewest_buses(len(problem.trips))


@examples(40)
@given(fleets(most_trips=6))
def test_the_needs_of_all_routes_and_of_dearer_types_add_up_to_no_more_than_the_best_plan(problem: Problem) -> None:
    all_routes, *dearer = explain(problem, best_plan(problem), most_reliefs=0).needs
    best = least_levels(problem)
    assert best is not None
    if not problem.has_costs:
        assert (dearer, len(all_routes.routes) <= best[0]) == ([], True)
        return
    last = min(vehicle.first_level for vehicle in problem.vehicle_types)
    proven = last * len(all_routes.routes)
    for need in dearer:
        assert need.least_cost is not None
        proven += len(need.routes) * (need.least_cost - last)
        last = need.least_cost
    assert proven <= best[0]


def test_reliefs_are_windows_with_which_a_plan_has_fewer_buses() -> None:
    found = 0
    for seed in range(4):
        problem = random_problem("narrow", 25, seed)
        answer = explain(problem, best_plan(problem), most_reliefs=3)
        for relief in answer.reliefs:
            found += 1
            trips = [trip for trip in problem.trips if trip.id != relief.route]
            (trip,) = (trip for trip in problem.trips if trip.id == relief.route)
            if relief.earlier:
                trips.append(replace(trip, earliest_min=trip.earliest_min - relief.minutes))
            else:
                trips.append(replace(trip, latest_min=trip.latest_min + relief.minutes))
            objective = best_plan(replace(problem, trips=tuple(trips))).objective
            assert objective.buses == relief.objective.buses < answer.objective.buses
    assert found


@pytest.mark.parametrize(
    ("buses", "bound", "seconds_without_a_better_plan", "reason"),
    [
        (5, 4, 60, None),
        (5, 5, 0, "it frees none"),
        (4, 3, 60, None),
        (4, 4, 0.5, None),
        (4, 4, 5, "it frees one"),
    ],
)
def test_a_window_is_tried_until_it_is_clear_whether_it_frees_a_bus(
    buses: int, bound: int, seconds_without_a_better_plan: float, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem("narrow", 25, 1)
    plan = best_plan(problem)
    more = plan.objective.buses - 5
    now = Progress(9, seconds_without_a_better_plan, "columns", Objective(buses + more, 0, 0), Bound(bound + more), 1)
    told = []

    def solve_and_tell(problem: Problem, *, initial: Plan, stop: Stop) -> Result:
        told.append(stop(now))
        return solve(problem, initial=initial, stop=stop)

    monkeypatch.setattr(explaining, "solve", solve_and_tell)
    explain(problem, plan)
    assert set(told) == {reason}


def test_no_start_before_the_earliest_allowed_is_proposed() -> None:
    problem = random_problem("narrow", 25, 1)
    late = max(trip.earliest_min for trip in problem.trips)
    assert not any(relief.earlier for relief in explain(problem, best_plan(problem), not_before_min=late).reliefs)


def test_routes_that_only_a_dear_type_can_run_are_a_need_of_their_own() -> None:
    problem = random_problem("narrow", 12, 3)
    types = (VehicleType("van", 20, fixed_cost=100), VehicleType("coach", 60, fixed_cost=150))
    trips = tuple(replace(trip, seats=40 if number % 2 else 10) for number, trip in enumerate(problem.trips))
    mixed = replace(problem, trips=trips, vehicle_types=types)
    everything, dear = explain(mixed, best_plan(mixed), most_reliefs=0).needs
    assert (everything.least_cost, everything.types) == (None, ("van", "coach"))
    assert (dear.least_cost, dear.types) == (150, ("coach",))
    assert {int(route[1:]) % 2 for route in dear.routes} == {1}


def test_a_day_without_connections_needs_a_bus_a_route() -> None:
    problem = random_problem("fixed", 5, 1)
    trips = tuple(replace(trip, earliest_min=400, latest_min=400, asked_min=400) for trip in problem.trips)
    (need,) = explain(replace(problem, trips=trips), best_plan(replace(problem, trips=trips))).needs
    assert len(need.routes) == 5


@pytest.mark.parametrize("left", [0, 4])
def test_routes_that_a_plan_drops_are_no_need(left: int) -> None:
    problem = random_problem("narrow", 6, 3)
    trips = tuple(replace(trip, seats=99 if number >= left else 20) for number, trip in enumerate(problem.trips))
    types = (VehicleType("van", 20, fixed_cost=100), VehicleType("coach", 60, fixed_cost=150))
    short = replace(problem, trips=trips, vehicle_types=types, may_drop=True)
    plan = solve_or_drop(short, Terms()).plan
    assert plan is not None
    assert explain(short, plan) == explain(replace(short, trips=trips[:left]), replace(plan, dropped=()))
