import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutti.fleet.errors import InputError
from tutti.fleet.generate import generate_day
from tutti.fleet.obstacles import obstacles
from tutti.fleet.reading import read_day
from tutti.fleet.stop_columns import stop_table

EXAMPLE = Path(__file__).parents[2] / "examples" / "day.json"
FLEET_EXAMPLE = EXAMPLE.with_name("fleet.json")
TABLE_EXAMPLE = EXAMPLE.with_name("stops.csv")


def routes_of(count: int, seed: int = 3) -> list[dict[str, Any]]:
    routes: list[dict[str, Any]] = generate_day(count, seed)["routes"]
    return routes


def minute_of(time: str) -> int:
    return 60 * int(time[:2]) + int(time[3:5])


@given(count=st.integers(1, 80), seed=st.integers(0, 2**31 - 1))
def test_a_generated_day_has_the_routes_asked_for_and_nothing_to_repair(count: int, seed: int) -> None:
    day = read_day(generate_day(count, seed))
    assert len(day.running) == count
    assert day.warnings == ()
    assert obstacles(day.problem()) == []


def test_the_example_is_what_its_readme_says_on_every_machine() -> None:
    assert json.loads(EXAMPLE.read_bytes()) == generate_day(170, 3)


def test_the_fleet_example_is_what_its_readme_says_on_every_machine() -> None:
    assert json.loads(FLEET_EXAMPLE.read_bytes()) == generate_day(120, 1, types=True, wide=True)


def test_the_example_of_a_table_is_what_its_readme_says_on_every_machine() -> None:
    assert TABLE_EXAMPLE.read_bytes() == stop_table(routes_of(40)).encode()


@given(count=st.integers(1, 80), seed=st.integers(0, 2**31 - 1))
def test_every_route_of_a_day_with_types_can_be_run_by_one(count: int, seed: int) -> None:
    day = read_day(generate_day(count, seed, types=True))
    assert day.warnings == ()
    assert obstacles(day.problem()) == []


def test_days_with_types_have_routes_that_ask_for_some() -> None:
    routes = generate_day(400, types=True)["routes"]
    assert any(route["features"] for route in routes)
    assert any(route["vehicle_capacity_max"] for route in routes)


def test_all_routes_of_a_line_ask_for_the_same() -> None:
    asked: dict[str, set[str]] = {}
    for route in generate_day(400, types=True)["routes"]:
        wish = f"{route['features']} {route['vehicle_capacity_max']}"
        asked.setdefault(route["id"].rsplit("-", 1)[0], set()).add(wish)
    assert all(len(wishes) == 1 for wishes in asked.values())


def test_wide_windows_are_wider_and_nothing_else_is_different() -> None:
    narrow, wide = generate_day(50), generate_day(50, wide=True)
    assert wide["routes"] == narrow["routes"]
    for kind in ("entry", "exit"):
        (early, late), (earlier, later) = (day["options"]["windows"][kind] for day in (narrow, wide))
        assert later - earlier > late - early


def test_staggered_bells_are_other_ones_and_nothing_else_is_different() -> None:
    usual, staggered = generate_day(200), generate_day(200, staggered=True)
    shifts: dict[str, int] = {}
    for before, after in zip(usual["routes"], staggered["routes"], strict=True):
        bell = "arrival_time" if before["type"] == "entry" else "departure_time"
        minutes = minute_of(after[bell]) - minute_of(before[bell])
        assert shifts.setdefault(before["school_id"], minutes) == minutes
        assert after == before | {bell: after[bell]}
    assert usual["options"] == staggered["options"]
    assert max(shifts.values()) > 20
    assert min(shifts.values()) < -20


def test_no_two_schools_of_a_large_district_have_the_same_name() -> None:
    names = {route["school_id"]: route["school_name"] for route in generate_day(2000)["routes"]}
    assert any(name.split()[-2] == "2" for name in names.values())  # the names of towns were used up
    assert len(set(names.values())) == len(names)


def test_another_seed_is_another_day() -> None:
    assert routes_of(20, seed=1) != routes_of(20, seed=2)


def test_a_larger_day_begins_with_the_smaller_one() -> None:
    assert routes_of(90)[:40] == routes_of(40)


def test_routes_home_are_kept_in_the_order_of_those_to_school() -> None:
    exits = [route for route in routes_of(170) if route["type"] == "exit"]
    assert exits
    assert all([stop["is_school"] for stop in route["stops"]].index(True) == len(route["stops"]) - 1 for route in exits)


def test_secondary_schools_begin_before_primary_schools_and_those_before_nurseries() -> None:
    arrivals: dict[str, set[str]] = {}
    for route in routes_of(170):
        if route["type"] == "entry":
            arrivals.setdefault(route["school_name"].split()[-1], set()).add(route["arrival_time"])
    assert max(arrivals["Secondary"]) < min(arrivals["Primary"])
    assert max(arrivals["Primary"]) < min(arrivals["Nursery"])


def test_nobody_goes_back_to_school_on_friday_afternoons() -> None:
    friday = {"afternoon": False, "evening": False, "morning": True, "home": True}
    for route in routes_of(170):
        run = route["id"].rsplit("-", 1)[1]
        assert ("V" in route["days"]) is friday[run]


def test_routes_fit_the_buses_of_their_contract() -> None:
    for route in routes_of(170):
        assert route["vehicle_capacity_min"] <= route["capacity_needed"] <= route["vehicle_capacity_max"]
        assert route["capacity_needed"] == sum(stop["passengers"] for stop in route["stops"])


def test_routes_share_no_stops_so_that_one_can_be_edited_alone() -> None:
    first, second = routes_of(2)
    first["stops"][0]["lat"] = 0
    assert second["stops"][0]["lat"] != 0


@pytest.mark.parametrize("count", [0, -3])
def test_a_day_without_routes_is_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"routes: must be at least 1, not {count}"):
        generate_day(count)


def test_a_day_that_was_made_can_be_changed_without_changing_the_next() -> None:
    first, second = (generate_day(5, types=True, wide=True) for _ in range(2))
    first["options"]["vehicle_types"][0]["fixed_cost"] = 0
    first["options"]["windows"]["entry"][0] = -60
    assert second == generate_day(5, types=True, wide=True)
    assert first != second
