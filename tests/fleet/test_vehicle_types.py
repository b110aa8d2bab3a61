"""The option vehicle_types: how it is read, and what it makes of a day."""

from typing import Any

import pytest

from tests.fleet.routes import entry
from tutti.fleet.day import Day
from tutti.fleet.errors import InputError
from tutti.fleet.obstacles import obstacles
from tutti.fleet.reading import read_day
from tutti.fleet.vehicle import VehicleType

VAN = {"name": "van", "seats": 22, "fixed_cost": 200, "features": ["wheelchair"], "count": 3}
COACH = {"name": "coach", "seats": 55, "fixed_cost": 340}


def day_with(*types: object, routes: list[Any] | None = None) -> Day:
    return read_day({"routes": routes or [entry()], "options": {"vehicle_types": list(types)}})


def test_every_field_of_a_type_is_read() -> None:
    costs = {"deadhead_cost_per_min": 2, "service_cost_per_min": 3}
    (read,) = day_with(VAN | costs).problem().vehicle_types
    assert read == VehicleType("van", 22, 200, 3, frozenset({"wheelchair"}), 2, 3)


def test_without_types_there_is_one_that_can_run_every_route() -> None:
    day = read_day([entry(features=["wheelchair"]), entry(id="E2", capacity_needed=30, vehicle_capacity_max=None)])
    assert day.problem().vehicle_types == (VehicleType("bus", 30),)
    assert obstacles(day.problem()) == []


def test_features_that_nothing_is_planned_by_are_warned_of() -> None:
    day = read_day([entry(features=["wheelchair"])])
    assert "the features of 1 route(s) are not planned by: give the option vehicle_types with features" in day.warnings
    assert not any("features" in warning for warning in day_with(VAN, routes=[entry(features=["wheelchair"])]).warnings)


def test_buses_that_cost_nothing_are_warned_of() -> None:
    free = {"fixed_cost": 0}
    (warning,) = day_with(VAN | free, COACH | free).warnings
    assert warning.startswith("each fixed_cost is 0, so a plan may have a bus for each route: give what a bus costs")
    assert not day_with(VAN | free, COACH).warnings


@pytest.mark.parametrize(
    ("route", "able"),
    [
        ({}, ["van"]),
        ({"vehicle_capacity_max": None}, ["van", "coach"]),
        ({"vehicle_capacity_max": None, "capacity_needed": 23}, ["coach"]),
        ({"vehicle_capacity_max": None, "vehicle_capacity_min": 23}, ["coach"]),
        ({"vehicle_capacity_max": None, "features": ["wheelchair"]}, ["van"]),
    ],
    ids=str,
)
def test_a_route_is_run_by_the_types_that_have_all_it_asks_for(route: dict[str, Any], able: list[str]) -> None:
    problem = day_with(VAN, COACH, routes=[entry(**route)]).problem()
    assert [vehicle.name for vehicle in problem.able(problem.trips)] == able


def test_a_route_that_no_type_can_run_is_named_with_what_each_of_them_lacks() -> None:
    route = entry(capacity_needed=30, vehicle_capacity_max=40, features=["lift", "camera"])
    middle = {"name": "midi", "seats": 40, "fixed_cost": 1}
    (obstacle,) = obstacles(day_with(VAN, COACH, middle, routes=[route]).problem())
    assert obstacle.text == (
        "route E1 can be run by no bus: type van has 22 seats of 30; "
        "type coach has 55 seats, more than the 40 allowed; "
        "type midi lacks camera, lift"
    )


@pytest.mark.parametrize(
    ("types", "path", "message"),
    [
        ([], "", "is empty; give one type at least, or leave it out"),
        ([7], "[0]", "must be an object with fields in braces, not 7"),
        ([VAN, VAN], "[1].name", '"van" is already the name of options.vehicle_types[0]; give each its own'),
        ([{"name": "van"}], "[0].seats", "is missing; give a whole number from 1 to 1000"),
        ([{"seats": 20}], "[0].name", "is missing; give it a text in quotes"),
        ([VAN | {"cost": 1}], "[0].cost", '"cost" is not a field of a vehicle type; did you mean "count"?'),
        ([VAN | {"fixed_cost": -1}], "[0].fixed_cost", "must be a whole number from 0 to 1000000000, not -1"),
        (
            [VAN | {"fixed_cost": 10**10}],
            "[0].fixed_cost",
            "must be a whole number from 0 to 1000000000, not 10000000000",
        ),
        ([VAN | {"count": 0}], "[0].count", "is 0; leave out a type of which there is no bus"),
        ([VAN | {"count": -1}], "[0].count", "must be a whole number from 1 to 20000, not -1"),
        ([VAN | {"count": False}], "[0].count", "must be a whole number from 1 to 20000, not false"),
        ([VAN | {"features": ["lift", 3]}], "[0].features[1]", "must be a text in quotes, not 3"),
        (
            [VAN, {"name": "coach", "seats": 55}],
            "[1].fixed_cost",
            "is missing, but options.vehicle_types[0] has it; give it for all types or for none",
        ),
        (
            [{"name": "coach", "seats": 55, "deadhead_cost_per_min": 1}],
            "[0].deadhead_cost_per_min",
            "needs fixed_cost beside it; where a bus itself costs nothing, give 0",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_type_is_named_with_its_remedy(types: list[object], path: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        day_with(*types)
    ((finding,),) = (caught.value.findings,)
    assert (finding.path, finding.message) == (f"options.vehicle_types{path}", message)


def test_a_faulty_feature_of_a_route_is_named() -> None:
    with pytest.raises(InputError, match=r"routes\[0\].features\[0\]: must be a text in quotes, not true"):
        read_day([entry(features=[True])])
