"""Types of bus that no plan needs."""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.optimizer.effort import examples
from tests.optimizer.instances import random_problem
from tests.optimizer.test_whole_fleet import fleets_in_depots
from tutti.fleet.blocks import Depot
from tutti.fleet.problem import Problem
from tutti.fleet.proven import proven_bound
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import solve
from tutti.optimizer.model.needed_types import with_needed_types

_COACH = VehicleType("coach", 50, fixed_cost=100, deadhead_cost_per_min=1, service_cost_per_min=1)
_OLD = replace(_COACH, name="old", fixed_cost=110)


def needed(*types: VehicleType, lifts: int = 0) -> list[str]:
    """The names of those that a day of eight trips needs, of which some ask for a lift."""
    day = random_problem("narrow", 8, 1)
    asks = [frozenset({"lift"} if number < lifts else ()) for number in range(len(day.trips))]
    trips = tuple(replace(trip, seats=30, features=ask) for trip, ask in zip(day.trips, asks, strict=True))
    depots = (Depot("A", 0), Depot("B", 1))
    kept = with_needed_types(replace(day, trips=trips, vehicle_types=types, depots=depots))
    return [vehicle.name for vehicle in kept.vehicle_types]


@pytest.mark.parametrize(
    "other",
    [
        _OLD,
        replace(_OLD, seats=60, count=2),
        replace(_OLD, features=frozenset({"lift"})),
        replace(_COACH, name="larger", seats=60),
        replace(_COACH, name="alike"),
        replace(_OLD, depots=frozenset({"A"})),
    ],
)
def test_a_type_is_not_needed_beside_one_that_can_take_its_place_at_no_more_cost(other: VehicleType) -> None:
    assert needed(_COACH, other) == ["coach"]


@pytest.mark.parametrize(
    ("coach", "other"),
    [
        (replace(_COACH, count=7), _OLD),
        (_COACH, replace(_OLD, service_cost_per_min=0)),
        (_COACH, replace(_OLD, deadhead_cost_per_min=0)),
        (_COACH, replace(_COACH, name="smaller", seats=40, count=1)),
        (replace(_COACH, depots=frozenset({"A"})), _OLD),
        (_COACH, replace(_OLD, depots=frozenset({"nowhere"}))),
        (replace(_COACH, seats=20), _OLD),
    ],
)
def test_a_type_is_needed_if_it_has_something_that_the_other_lacks(coach: VehicleType, other: VehicleType) -> None:
    assert needed(coach, other) == [coach.name, other.name]


def test_a_type_is_needed_for_what_it_has_only_where_a_trip_asks_for_it() -> None:
    with_lift = replace(_OLD, features=frozenset({"lift"}))
    assert needed(_COACH, with_lift, lifts=1) == ["coach", "old"]


def test_all_types_are_kept_where_a_trip_can_be_run_by_none() -> None:
    assert needed(replace(_COACH, seats=20), replace(_OLD, seats=20)) == ["coach", "old"]


@examples(40)
@given(fleets_in_depots())
def test_a_type_that_is_not_needed_changes_neither_plan_nor_bound_nor_its_evidence(problem: Problem) -> None:
    free = [replace(each, name=f"{each.name} old", fixed_cost=1 + each.first_level) for each in problem.vehicle_types]
    spare = [each for each, like in zip(free, problem.vehicle_types, strict=True) if like.count is None]
    if not problem.has_costs:
        spare = [replace(each, fixed_cost=None) for each in spare]
    larger = replace(problem, vehicle_types=(*problem.vehicle_types, *spare))
    one, other = solve(problem), solve(larger)
    assert one.plan == other.plan
    assert one.certificate.bound == other.certificate.bound
    assert proven_bound(larger, other.proof) == proven_bound(problem, one.proof)
