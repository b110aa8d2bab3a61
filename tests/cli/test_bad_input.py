"""What people hand in by mistake: each a sentence with its place and exit code 2, never a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, run, write
from tests.days import day


def routes_with(**changes: Any) -> list[dict[str, Any]]:
    """Three routes, the first an entry route with these fields."""
    routes = day(3)
    routes[0] |= changes
    return routes


def stops_with(index: int, **changes: Any) -> list[dict[str, Any]]:
    """The stops of the first route, one of them changed."""
    stops: list[dict[str, Any]] = day(1)[0]["stops"]
    stops[index] |= changes
    return stops


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ([], "routes", "is empty"),
        ({}, "routes", "is missing; give a list"),
        ("routes", "routes", "must be a list"),
        ([*day(2), *day(1)], "routes[2].id", "is already the id of routes[0]"),
        (routes_with(arrival_time=None), "routes[0].arrival_time", "is missing"),
        (routes_with(arrival_time="24:00"), "routes[0].arrival_time", '"24:00"'),
        (routes_with(stops=stops_with(0, time_from_start=30)), "routes[0].stops[1].time_from_start", "go up"),
        (routes_with(stops=stops_with(1, lat=95)), "routes[0].stops[1].lat", "from -90 to 90, not 95"),
        (routes_with(stops=stops_with(1, lat=float("nan"))), "routes[0].stops[1].lat", "not NaN"),
        (routes_with(stops=stops_with(1, lon="-3.6")), "routes[0].stops[1].lon", "take the quotes away"),
        (routes_with(stops=[]), "routes[0].stops", "needs two at least"),
        (routes_with(arrival_time=None, departure_time="08:00"), "routes[0].arrival_time", "is missing"),
        (routes_with(capacity_needed=0), "routes[0].capacity_needed", "not 0"),
        ({"routes": day(2), "options": {"windows": {"exit": [10, -5]}}}, "options.windows.exit", "turned round"),
        ({"routes": day(2), "options": {"time_limit": 5}}, "options.time_limit", 'did you mean "time_limit_s"?'),
    ],
)
def test_a_wrong_day_is_told_with_the_place(
    content: object, place: str, words: str, tmp_path: Path, call: Call
) -> None:
    ended = call("solve", write(tmp_path / "day.json", content))
    assert (ended.code, ended.out) == (2, "")
    line = next(line for line in ended.err.splitlines() if f"{place}: " in line)
    assert words in line


@pytest.mark.parametrize("option", ["--time-limit", "--gap"])
def test_a_number_that_is_none_is_in_no_range(option: str, tmp_path: Path, call: Call) -> None:
    ended = call("solve", write(tmp_path / "day.json", day(2)), option, "nan")
    assert ended.code == 2
    assert option in ended.err


def test_one_finding_is_one_line_with_the_file(tmp_path: Path, call: Call) -> None:
    routes = write(tmp_path / "day.json", routes_with(capacity_needed=0))
    ended = call("solve", routes)
    assert ended.err.startswith(f"tutti: {routes}: routes[0].capacity_needed: must be")
    assert ended.err.count("\n") == 1


def test_all_findings_are_counted_and_the_first_twenty_are_listed(tmp_path: Path, call: Call) -> None:
    routes = day(30)
    for route in routes:
        route["capacity_needed"] = 0
    file = write(tmp_path / "day.json", routes)
    lines = call("solve", file).err.splitlines()
    assert lines[0] == f"tutti: {file} has 30 problems"
    assert len(lines) == 22
    assert lines[20].startswith("  routes[19].capacity_needed: ")
    assert lines[21] == "  and 10 more"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not JSON: Expecting value in line 1, column 1"),
        (b"id;name\n1;2\n", "is not JSON"),
        (b'[{"id": "a",}]', "is not JSON: "),
        (b'["caf\xe9"]', "is not UTF-8 text: byte 5"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[" + b" " * 40 * 2**20 + b"]", "is larger than the limit of 32 MiB"),
    ],
)
def test_what_is_no_json_is_told(data: bytes, words: str, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "day.json"
    file.write_bytes(data)
    ended = call("solve", file)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"tutti: {file}: {words}")


def test_a_directory_is_no_file_of_routes(tmp_path: Path, call: Call) -> None:
    assert call("solve", tmp_path) == (2, "", f"tutti: {tmp_path}: is a directory; name a file in it\n")


def test_a_file_that_is_not_there_is_told(tmp_path: Path, call: Call) -> None:
    missing = tmp_path / "missing.json"
    assert call("solve", missing) == (2, "", f"tutti: {missing}: there is no such file\n")


def test_findings_cannot_send_commands_to_the_terminal(tmp_path: Path, call: Call) -> None:
    ended = call("solve", write(tmp_path / "day.json", routes_with(type="\x1b[31mred")))
    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert "?[31mred" in ended.err


def test_bad_standard_input_is_called_so() -> None:
    ended = run("solve", "-", stdin="no JSON")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("tutti: standard input: is not JSON: Expecting value in line 1, column 1; ")


def test_one_route_is_a_day(tmp_path: Path, call: Call) -> None:
    ended = call("solve", write(tmp_path / "day.json", day(1)), "--json")
    assert ended.code == 0
    assert json.loads(ended.out)["certificate"]["objective"]["buses"] == 1
