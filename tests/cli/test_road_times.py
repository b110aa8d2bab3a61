"""`tutti places` and `--road-times`: from a day to a table of road times, and from that to a plan."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, write
from tests.days import day
from tests.services import tidy_client
from tutti.fleet.stop_columns import stop_table
from tutti.fleet.travel import GreatCircleTravel

JSON = dict[str, Any]
STALE: JSON = {"origins": [], "minutes": []}


def places_of(file: Path, call: Call, *arguments: str | Path) -> JSON:
    ended = call("places", file, *arguments)
    assert (ended.code, ended.err) == (0, "")
    places: JSON = json.loads(ended.out)
    return places


def timed(places: JSON, speed_kmh: float) -> JSON:
    """Road times at a speed over the straight line, some minutes longer to the north than back."""
    rule = GreatCircleTravel(speed_kmh, minimum_min=0, buffer_min=0)

    def minutes(origin: JSON, destination: JSON) -> int:
        north = 4 if destination["lat"] > origin["lat"] else 0
        return rule.minutes((origin["lat"], origin["lon"]), (destination["lat"], destination["lon"])) + north

    return places | {
        "minutes": [[minutes(one, other) for other in places["destinations"]] for one in places["origins"]]
    }


@pytest.fixture
def slow_roads(day_file: Path, tmp_path: Path, call: Call) -> Path:
    """Road times of the small day."""
    return write(tmp_path / "roads.json", timed(places_of(day_file, call), speed_kmh=20))


def test_the_places_of_a_day_are_ends_and_starts_of_its_routes_and_its_depots(tmp_path: Path, call: Call) -> None:
    (route,) = day(1)
    depot = {"name": "north", "lat": 40.5, "lon": -3.0}
    options = write(tmp_path / "options.json", {"depots": [depot]})
    places = places_of(write(tmp_path / "day.json", [route]), call, "--options", options)
    first, last = ({name: round(route["stops"][number][name], 5) for name in ("lat", "lon")} for number in (0, -1))
    assert route["type"] == "entry"
    assert places == {
        "origins": [{"name": f"end of route {route['id']}"} | last, {"name": "depot north", "lat": 40.5, "lon": -3.0}],
        "destinations": [
            {"name": f"start of route {route['id']}"} | first,
            {"name": "depot north", "lat": 40.5, "lon": -3.0},
        ],
    }


def test_places_of_a_week_are_those_of_all_its_days(tmp_path: Path, call: Call) -> None:
    routes = [route | {"days": ["L" if number else "M"]} for number, route in enumerate(day(6))]
    week = write(tmp_path / "week.json", {"routes": routes, "options": {"week": True}})
    monday = write(tmp_path / "monday.json", {"routes": routes, "options": {"day": "L"}})
    all_days = write(tmp_path / "all.json", routes)
    assert places_of(week, call) == places_of(all_days, call)
    assert len(places_of(monday, call)["destinations"]) < len(places_of(week, call)["destinations"])


def test_places_are_told_where_the_file_has_a_table_that_lacks_some(tmp_path: Path, call: Call) -> None:
    file = write(tmp_path / "day.json", {"routes": day(3), "options": {"road_times": STALE}})
    assert call("solve", file).code == 2
    assert places_of(file, call) == places_of(write(tmp_path / "routes.json", day(3)), call)


def test_a_plan_by_road_times_is_confirmed_by_them_and_not_without(
    day_file: Path, slow_roads: Path, tmp_path: Path, call: Call
) -> None:
    plan = tmp_path / "plan.json"
    assert call("solve", day_file, "--road-times", slow_roads, "--proof", "-o", plan).code == 0
    checked = call("check", day_file, plan, "--road-times", slow_roads)
    assert (checked.code, checked.err) == (0, "")
    assert "Worked out again from the prices of the proof" in checked.out
    assert "deadhead minutes - proven least" in checked.out
    without = call("check", day_file, plan)
    assert without.code == 1
    assert without.out.endswith("\nA plan that was made with --options or --road-times is checked with the same.\n")
    assert call("explain", day_file, plan, "--road-times", slow_roads).code == 0


def test_road_times_of_straight_lines_make_the_plan_of_straight_lines(
    day_file: Path, tmp_path: Path, call: Call
) -> None:
    places = places_of(day_file, call)
    rule = GreatCircleTravel(minimum_min=0, buffer_min=0)
    origins, destinations = ([(each["lat"], each["lon"]) for each in places[name]] for name in places)
    roads = write(tmp_path / "roads.json", places | {"minutes": rule.matrix(origins, destinations).tolist()})
    straight, by_table = (
        json.loads(call("solve", day_file, "--json", *table).out) for table in ([], ["--road-times", roads])
    )
    assert by_table["blocks"] == straight["blocks"]


def test_the_file_beside_wins_over_the_table_of_the_day(tmp_path: Path, slow_roads: Path, call: Call) -> None:
    file = write(tmp_path / "own.json", {"routes": day(12), "options": {"road_times": STALE, "seed": 3}})
    assert call("solve", file, "--road-times", slow_roads).code == 0


def test_a_table_of_stops_is_planned_by_road_times(
    tmp_path: Path, slow_roads: Path, day_file: Path, call: Call
) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text(stop_table(day(12)))
    by_stops, by_routes = (
        json.loads(call("solve", file, "--road-times", slow_roads, "--json").out) for file in (stops, day_file)
    )
    assert by_stops["blocks"] == by_routes["blocks"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ([[0, 1]], ": must be an object with fields in braces, not a list"),
        ({"origins": [{"lat": 40, "lon": -3}], "minutes": [["7"]]}, ": minutes[0][0]: must be minutes from 0 to 1440"),
    ],
)
def test_what_is_wrong_with_the_table_is_said_of_its_file(
    day_file: Path, tmp_path: Path, call: Call, content: object, complaint: str
) -> None:
    roads = write(tmp_path / "roads.json", content)
    ended = call("solve", day_file, "--road-times", roads)
    assert ended.code == 2
    assert ended.err.startswith(f"tutti: {roads}{complaint}")


def test_the_table_and_the_routes_can_not_both_come_from_standard_input(call: Call) -> None:
    ended = call("solve", "-", "--road-times", "-")
    assert ended.err == "tutti: --road-times: can't come from standard input beside FILE; name a file\n"


def test_a_service_plans_by_the_same_table(day_file: Path, slow_roads: Path, server: str, call: Call) -> None:
    here = json.loads(call("solve", day_file, "--road-times", slow_roads, "--json").out)
    ended = call("submit", day_file, "--road-times", slow_roads, "--server", server, "--watch", "--json")
    assert json.loads(ended.out)["blocks"] == here["blocks"]
    job_id = ended.err.split()[1]
    with tidy_client(server) as client:
        kept = client.day(job_id).options.road_times
    assert kept is not None
    assert kept.minutes.tolist() == json.loads(slow_roads.read_text())["minutes"]
