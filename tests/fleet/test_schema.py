import json
from collections.abc import Callable
from dataclasses import fields
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.routes import entry, stop
from tests.fleet.test_reading import ANY_JSON
from tutti.fleet.block_reading import BREAK_FIELDS, DEPOT_FIELDS
from tutti.fleet.errors import InputError
from tutti.fleet.generate import generate_day
from tutti.fleet.options import OPTION_NAMES, Options
from tutti.fleet.reading import read_day
from tutti.fleet.road_times_reading import PLACE_FIELDS, ROAD_TIMES_FIELDS
from tutti.fleet.route_reading import ROUTE_FIELDS, STOP_FIELDS
from tutti.fleet.travel import GreatCircleTravel
from tutti.fleet.vehicle_reading import VEHICLE_FIELDS
from tutti.fleet.windows import Windows

SCHEMA: dict[str, Any] = json.loads((files("tutti.fleet") / "day.schema.json").read_text())
ROUTE = SCHEMA["properties"]["routes"]["items"]["properties"]
OPTIONS = SCHEMA["properties"]["options"]
DAY = jsonschema_rs.validator_for(SCHEMA)


def is_read(content: object) -> bool:
    try:
        read_day(content)
    except InputError:
        return False
    return True


def defaults(schema: dict[str, Any]) -> Any:
    if "default" not in schema:
        return {name: defaults(inner) for name, inner in schema["properties"].items()}
    return schema["default"]


@given(count=st.integers(1, 30), seed=st.integers(0, 1000))
def test_made_up_days_fit_the_schema(count: int, seed: int) -> None:
    assert DAY.is_valid(generate_day(count, seed))


def test_the_schema_names_every_field() -> None:
    assert sorted(ROUTE) == sorted(entry()) == sorted(ROUTE_FIELDS)
    assert sorted(ROUTE["stops"]["items"]["properties"]) == sorted(stop(1)) == sorted(STOP_FIELDS)


def test_the_schema_names_every_option() -> None:
    options = OPTIONS["properties"]
    assert list(options) == list(OPTION_NAMES)
    assert list(options["windows"]["properties"]) == [field.name for field in fields(Windows)]
    assert list(options["travel"]["properties"]) == [field.name for field in fields(GreatCircleTravel)]
    assert list(options["road_times"]["properties"]) == list(ROAD_TIMES_FIELDS)
    assert list(options["road_times"]["properties"]["origins"]["items"]["properties"]) == list(PLACE_FIELDS)
    assert list(options["vehicle_types"]["items"]["properties"]) == list(VEHICLE_FIELDS)
    assert list(options["depots"]["items"]["properties"]) == list(DEPOT_FIELDS)
    assert list(options["break"]["properties"]) == list(BREAK_FIELDS)


def test_the_schema_has_the_default_of_every_option() -> None:
    options = defaults(OPTIONS)
    assert read_day({"routes": [entry()], "options": options}).options == Options()


@given(name=st.sampled_from(sorted(entry())), value=ANY_JSON)
def test_a_route_that_the_schema_refuses_is_refused_on_reading(name: str, value: object) -> None:
    content = {"routes": [entry(**{name: value})]}
    assert DAY.is_valid(content) or not is_read(content)


@given(number=st.integers(1, 3), name=st.sampled_from(sorted(stop(1))), value=ANY_JSON)
def test_a_stop_that_the_schema_refuses_is_refused_on_reading(number: int, name: str, value: object) -> None:
    stops = [stop(one, **({name: value} if one == number else {})) for one in (1, 2, 3)]
    content = {"routes": [entry(stops=stops)]}
    assert DAY.is_valid(content) or not is_read(content)


def paths(schema: dict[str, Any]) -> list[tuple[str, ...]]:
    """The names that lead to each option."""
    if "properties" not in schema:
        return [()]
    return [(name, *rest) for name, inner in schema["properties"].items() for rest in paths(inner)]


@given(
    path=st.sampled_from(paths(OPTIONS)),
    value=ANY_JSON | st.lists(st.integers(-800, 800), min_size=2, max_size=2) | st.integers() | st.floats(),
)
def test_options_that_the_schema_refuses_are_refused_on_reading(path: tuple[str, ...], value: object) -> None:
    options: Any = value
    for name in reversed(path):
        options = {name: options}
    content = {"routes": [entry()], "options": options}
    assert DAY.is_valid(content) or not is_read(content)


def a_route_with(**changes: object) -> object:
    return [entry(**{"vehicle_capacity_min": None, "vehicle_capacity_max": None} | changes)]


def a_stop_with(**changes: Any) -> object:
    stops = [stop(1), stop(3)]
    stops[changes.get("time_from_start", 0) >= 20].update(changes)  # minutes go up
    return [entry(stops=stops)]


def options_with(**changes: object) -> object:
    return {"routes": [entry()], "options": changes}


def a_travel_rule_with(**changes: object) -> object:
    return options_with(travel=changes)


def a_vehicle_type_with(**changes: object) -> object:
    return options_with(vehicle_types=[{"name": "bus", "seats": 50, "fixed_cost": 1} | changes])


PLACES: list[tuple[Callable[..., object], dict[str, Any]]] = [
    (a_route_with, ROUTE),
    (a_stop_with, ROUTE["stops"]["items"]["properties"]),
    (options_with, OPTIONS["properties"]),
    (a_travel_rule_with, OPTIONS["properties"]["travel"]["properties"]),
    (a_vehicle_type_with, OPTIONS["properties"]["vehicle_types"]["items"]["properties"]),
]


@pytest.mark.parametrize(
    ("content_with", "name", "schema"),
    [(place, name, inner) for place, schema in PLACES for name, inner in schema.items() if "maximum" in inner],
)
def test_the_limits_of_what_is_read_are_those_of_the_schema(
    content_with: Callable[..., object], name: str, schema: dict[str, Any]
) -> None:
    low, high = schema["minimum"], schema["maximum"]
    allowed = {value: is_read(content_with(**{name: value})) for value in (low - 1, low, high, high + 1)}
    assert allowed == {low - 1: False, low: True, high: True, high + 1: False}


@pytest.mark.parametrize("time", ["8:05", "08:05", "8:05:30"])
def test_each_form_of_a_time_that_is_read_fits_the_schema(time: str) -> None:
    content = {"routes": [entry(arrival_time=time)], "options": {"earliest_start": time}}
    assert is_read(content)
    assert DAY.is_valid(content)
