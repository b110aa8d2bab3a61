"""A table of road times in place of the straight line."""

import json
import re
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.routes import JSON, entry, leaving, stop
from tutti.fleet.day import Day
from tutti.fleet.errors import InputError
from tutti.fleet.reading import read_day

MILL_LANE, SCHOOL = {"lat": 40.01, "lon": -3.0}, {"lat": 40.03, "lon": -3.0}
NORTH = {"name": "north", "lat": 40.09, "lon": -3.0}


def times(minutes: list[Any], **fields: Any) -> JSON:
    return {"origins": [SCHOOL, MILL_LANE], "minutes": minutes} | fields


def day_with(road_times: JSON, **options: Any) -> Day:
    """E1 from Mill Lane to school, X1 from there to Mill Lane."""
    return read_day({"routes": [entry(), leaving()], "options": options | {"road_times": road_times}})


def findings_of(road_times: Any, **options: Any) -> dict[str, str]:
    with pytest.raises(InputError) as error:
        day_with(road_times, **options)
    return {finding.path.removeprefix("options."): finding.message for finding in error.value.findings}


def test_a_deadhead_takes_the_road_time_and_the_buffer() -> None:
    problem = day_with(times([[0, 11], [14, 0]])).problem()
    entry_trip, exit_trip = problem.trips
    assert problem.travel.minutes(exit_trip.destination, exit_trip.origin) == 14 + 2
    assert problem.travel.minutes(entry_trip.destination, entry_trip.origin) == 11 + 2
    assert problem.travel.minutes(entry_trip.destination, exit_trip.origin) == 5 + 2, "no drive takes less"


def test_minimum_buffer_and_layover_are_chosen_beside_it_and_nothing_is_added() -> None:
    travel = {"minimum_min": 1, "buffer_min": 4, "added_min": 100, "speed_kmh": 1}
    problem = day_with(times([[0, 11], [14, 0]]), travel=travel, layover_min=3).problem()
    places = [problem.trips[0].destination, problem.trips[0].origin]
    assert problem.travel.matrix(places, places).tolist() == [[8, 18], [21, 8]]


@pytest.mark.parametrize(("given", "minutes"), [(7, 7), (7.0, 7), (7.01, 8), (6.99, 7), (7 + 1e-9, 7)])
def test_minutes_are_rounded_up(given: float, minutes: int) -> None:
    travel = day_with(times([[0, given], [9, 0]])).travel
    assert travel.minutes((40.03, -3.0), (40.01, -3.0)) == minutes + 2


@pytest.mark.parametrize(("seconds", "minutes"), [(420, 7), (420.1, 8), (419, 7), (0.5, 5)])
def test_seconds_are_rounded_up_to_minutes(seconds: float, minutes: int) -> None:
    travel = day_with({"origins": [SCHOOL, MILL_LANE], "seconds": [[0, seconds], [600, 0]]}).travel
    assert travel.minutes((40.03, -3.0), (40.01, -3.0)) == minutes + 2


def test_origins_and_destinations_may_be_other_places() -> None:
    travel = day_with(
        {
            "origins": [NORTH, SCHOOL, MILL_LANE],
            "destinations": [MILL_LANE, SCHOOL],
            "minutes": [[1, 1], [8, 9], [6, 7]],
        }
    ).travel
    assert travel.matrix([(40.03, -3.0), (40.01, -3.0)], [(40.03, -3.0), (40.01, -3.0)]).tolist() == [[11, 10], [9, 8]]


def test_a_place_that_is_written_more_exactly_is_the_same_place() -> None:
    school = {"lat": 40.0300004, "lon": -2.9999996}
    travel = day_with(times([[0, 11], [14, 0]], origins=[school, MILL_LANE])).travel
    assert travel.minutes((40.03, -3.0), (40.01, -3.0)) == 13


def test_a_depot_is_an_origin_and_a_destination() -> None:
    table = times([[0, 11, 20], [14, 0, 21], [30, 31, 0]], origins=[SCHOOL, MILL_LANE, NORTH])
    problem = day_with(table, depots=[NORTH], layover_min=5).problem()
    (depot,) = problem.depots
    entry_trip, exit_trip = problem.trips
    assert problem.pull_out_min(depot, entry_trip) == 31 + 2
    assert problem.pull_in_min(exit_trip, depot) == 21 + 2


def test_the_table_of_the_how_to_is_one() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "use-road-times.md"
    (example,) = re.findall(r"^```json\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    travel = day_with(json.loads(example)).travel
    assert travel.minutes((40.051, -2.66), (40.02, -2.65)) == 12 + 2


def test_what_is_missing_is_an_error_that_names_the_first_place() -> None:
    assert findings_of(times([[0]], origins=[SCHOOL])) == {
        "road_times.origins": "1 of 2 places are missing, the first is the end of route X1 at 40.01, -3.0, 2224 m from "
        "the nearest that is there; add what is missing, or set estimate_missing to true",
        "road_times.destinations": "1 of 2 places are missing, the first is the start of route E1 at 40.01, -3.0, "
        "2224 m from the nearest that is there; add what is missing, or set estimate_missing to true",
    }


def test_degrees_that_are_exchanged_are_told() -> None:
    turned = [{"lat": place["lon"], "lon": place["lat"]} for place in (SCHOOL, MILL_LANE)]
    assert (
        "the table has it with lat and lon exchanged"
        in findings_of(times([[0, 9], [9, 0]], origins=turned))["road_times.origins"]
    )


def test_a_depot_that_is_missing_is_named() -> None:
    found = findings_of(times([[0, 11], [14, 0]]), depots=[NORTH])
    assert "the first is the depot north at 40.09, -3.0" in found["road_times.origins"]


def test_a_time_that_is_null_is_an_error_that_names_both_places() -> None:
    assert findings_of(times([[0, None], [14, 0]])) == {
        "road_times": "1 of 4 times are null, the first is from the end of route E1 to the start of route E1; add what "
        "is missing, or set estimate_missing to true"
    }


def test_what_is_missing_is_estimated_if_that_is_asked_for() -> None:
    day = day_with(times([[0, None], [14, 0]], estimate_missing=True), layover_min=1)
    straight = replace(day.options.travel, buffer_min=3)
    places = [(40.03, -3.0), (40.01, -3.0)]
    assert day.travel.minutes(*places) == straight.minutes(*places)
    assert day.travel.matrix(places, places).tolist() == [[8, straight.minutes(*places)], [17, 8]]
    assert day.notes == (
        "1 of 4 road times are missing and estimated by the straight line, the first is from the end of route E1 to "
        "the start of route E1",
    )


def test_a_place_that_is_missing_is_estimated_from_and_to() -> None:
    day = day_with(times([[6]], origins=[SCHOOL], estimate_missing=True))
    places = [(40.03, -3.0), (40.01, -3.0)]
    straight = day.options.travel.matrix(places, places).tolist()
    assert day.travel.matrix(places, places).tolist() == [[8, straight[0][1]], straight[1]]
    assert [[day.travel.minutes(one, other) for other in places] for one in places] == [
        [8, straight[0][1]],
        straight[1],
    ]


def test_only_routes_that_run_need_times() -> None:
    elsewhere = leaving(id="X2", days=["M"], stops=[stop(1, lat=40.05), stop(2), stop(3)])
    content = {"routes": [entry(), leaving(), elsewhere], "options": {"road_times": times([[0, 11], [14, 0]])}}
    content["options"]["day"] = "L"  # type: ignore[index]  # an object
    assert len(read_day(content).running) == 2
    content["options"] = {"road_times": times([[0, 11], [14, 0]]), "week": True}
    with pytest.raises(InputError, match=r"the first is the end of route X2 at 40\.05"):
        read_day(content)


@pytest.mark.parametrize(
    ("table", "path", "message"),
    [
        ([], "road_times", "must be an object with fields in braces, not a list"),
        (times([[0, 9], [9, 0]], minute=1), "road_times.minute", '"minute" is not a field of road times; did you'),
        ({"minutes": [[0]]}, "road_times.origins", "is missing; give a list in brackets"),
        ({"origins": [SCHOOL]}, "road_times.minutes", "is missing, and so is seconds; give a list of numbers for each"),
        (times([[0, 9], [9, 0]], seconds=[]), "road_times.minutes", "can't be there beside seconds"),
        (times([[0]], origins=[{"lat": 91, "lon": 0}]), "road_times.origins[0].lat", "must be a number from -90 to 90"),
        (times([[0]], origins=[{"lat": 9}]), "road_times.origins[0].lon", "is missing; give a number"),
        (times([[0]], origins=[SCHOOL | {"id": 1}]), "road_times.origins[0].id", '"id" is not a field of a place'),
        (times([[0]], origins=[[40, -3]]), "road_times.origins[0]", "must be an object with fields in braces"),
        (times([], origins=[SCHOOL, SCHOOL]), "road_times.origins[1].lat", "is, with lon, the place of road_times.ori"),
        (times([[0, 9]]), "road_times.minutes", "must have a list for each of the 2 origins, not 1"),
        (
            times([[0, 9], [9]]),
            "road_times.minutes[1]",
            "must be a list with a number for each of the 2 destinations, no",
        ),
        (
            times([[0, 9], 9]),
            "road_times.minutes[1]",
            "must be a list with a number for each of the 2 destinations, no",
        ),
        (times([[0, 9], [9, True]]), "road_times.minutes[1][1]", "must be minutes from 0 to 1440, or null, not true"),
        (times([[0, "9"], [9, 0]]), "road_times.minutes[0][1]", 'must be minutes from 0 to 1440, or null, not "9"'),
        (times([[0, -1], [9, 0]]), "road_times.minutes[0][1]", "must be minutes from 0 to 1440, or null, not -1"),
        (times([[0, 1441], [9, 0]]), "road_times.minutes[0][1]", "not 1441; are these seconds?"),
        (times([[0, 10**400], [9, 0]]), "road_times.minutes[0][1]", "not a number of more than 20 digits"),
        (times([[0, float("nan")], [9, 0]]), "road_times.minutes[0][1]", "or null, not NaN"),
        (times([[0, float("inf")], [9, 0]]), "road_times.minutes[0][1]", "or null, not Infinity"),
        ({"origins": [SCHOOL], "seconds": [[86401]]}, "road_times.seconds[0][0]", "must be seconds from 0 to 86400"),
        (times([[0, 9], [9, 0]], estimate_missing="yes"), "road_times.estimate_missing", "must be true or false"),
    ],
)
def test_a_table_that_can_not_be_read_is_refused_with_its_place(table: Any, path: str, message: str) -> None:
    found = findings_of(table)
    assert list(found) == [path]
    assert message in found[path].replace("options.", "")


def peak_bytes(routes: list[JSON], road_times: JSON) -> int:
    """The most memory that reading took beside what was sent."""
    tracemalloc.start()
    with suppress(InputError):
        read_day({"routes": routes, "options": {"road_times": road_times}})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_places_without_times_take_no_memory_for_times() -> None:
    places = [{"lat": 30.0, "lon": number / 1000} for number in range(5000)]
    assert peak_bytes([entry()], {"origins": places, "minutes": [[]] * len(places)}) < 10e6, "50 MB have all pairs"


@pytest.mark.parametrize("estimate_missing", [True, False])
def test_routes_without_times_take_no_memory_for_times(estimate_missing: bool) -> None:
    places = [number / 1000 for number in range(2000)]
    routes = [entry(id=str(at), stops=[stop(1, lat=40 + at), stop(3, lat=40.1 + at)]) for at in places]
    table = times([[0]], origins=[SCHOOL], estimate_missing=estimate_missing)
    assert peak_bytes(routes, table) < 10e6, "16 MB have all pairs"


def test_every_row_with_something_wrong_is_named() -> None:
    assert list(findings_of(times([[-1, -1], ["x", 0]]))) == ["road_times.minutes[0][0]", "road_times.minutes[1][0]"]


def test_times_of_an_aeroplane_bring_a_warning() -> None:
    origins = [SCHOOL, {"lat": 40.41, "lon": -3.0}]
    far = entry(id="far", stops=[stop(1, lat=40.41), stop(2, lat=40.41), stop(3, time_from_start=60)])
    table = times([[0, 5], [30, 0]], origins=origins)
    day = read_day({"routes": [far], "options": {"road_times": table}})
    assert day.notes == (
        "1 road time(s) would take a bus at more than 150 km/h, the first is from the end of route far to the start of "
        "route far: are rows origins, and is the unit right?",
    )


def test_seconds_that_are_given_as_minutes_bring_a_warning() -> None:
    day = day_with(times([[0, 300], [320, 0]]))
    assert "by its road times a bus would drive at less than 5 km/h on average: are they seconds?" in day.notes
