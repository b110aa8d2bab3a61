"""Routes from a table, and options from a file of their own."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, run, write
from tests.days import day
from tutti.fleet.stop_columns import stop_table

ROUTES = day(12)
TABLE = stop_table(ROUTES)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """The small day as a table."""
    file = tmp_path / "stops.csv"
    file.write_text(TABLE)
    return file


@pytest.fixture
def options(tmp_path: Path) -> Path:
    """A file of options by which any plan is good enough."""
    return write(tmp_path / "options.json", {"gap": 1})


def plan_of(out: str) -> object:
    plan = json.loads(out)
    return plan["blocks"], plan["kpis"], plan["warnings"]


def stop_reason_of(out: str) -> str | None:
    reason: str | None = json.loads(out)["certificate"]["stop_reason"]
    return reason


def test_a_table_is_planned_as_the_same_routes_in_json(table: Path, day_file: Path, call: Call) -> None:
    ended = call("solve", table, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert plan_of(ended.out) == plan_of(call("solve", day_file, "--json").out)


def test_a_table_may_come_from_standard_input(table: Path, call: Call) -> None:
    ended = run("solve", "-", "--json", stdin=TABLE)
    assert (ended.code, ended.err) == (0, "")
    assert plan_of(ended.out) == plan_of(call("solve", table, "--json").out)


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_a_plan_is_written_in_the_form_of_the_table(
    separator: str, encoding: str, day_file: Path, call: Call, tmp_path: Path
) -> None:
    table, plan, plain = tmp_path / "stops.csv", tmp_path / "plan.csv", tmp_path / "plain.csv"
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(csv.reader(io.StringIO(TABLE)))
    table.write_bytes(out.getvalue().encode(encoding))
    assert call("solve", table, "--csv", plan).code == call("solve", day_file, "--csv", plain).code == 0
    text = plan.read_bytes().decode(encoding)
    assert text.encode(encoding) == plan.read_bytes()
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    assert rows == list(csv.reader(io.StringIO(plain.read_bytes().decode(), newline="")))
    assert call("solve", table, "--drivers", plan).code == 0
    assert plan.read_bytes().decode(encoding).startswith(f"block{separator}vehicle_type{separator}")


def test_a_plan_of_a_table_is_checked_explained_and_started_from(table: Path, tmp_path: Path, call: Call) -> None:
    plan = tmp_path / "plan.json"
    assert call("solve", table, "-o", plan).code == 0
    for command in (["check", table, plan], ["explain", table, plan], ["explain", table]):
        assert call(*command).code == 0
    ended = call("solve", table, "--from", plan)
    assert "0 new, 0 gone" in " ".join(ended.out.split())


def test_a_week_is_planned_from_a_table(table: Path, call: Call) -> None:
    assert json.loads(call("solve", table, "--week", "--json").out)["days"] == ["L"]


def test_findings_in_a_table_name_rows_and_columns(table: Path, call: Call) -> None:
    table.write_text(TABLE.replace(",0,30,", ",start,30,"))
    ended = call("solve", table)
    assert (ended.code, ended.out) == (2, "")
    heading, first, *_ = ended.err.splitlines()
    assert heading == f"tutti: {table} has 12 problems"
    assert first == '  row 2, column time_from_start: must be a whole number from 0 to 1440, not "start"'


def test_a_workbook_is_told_how_to_be_saved(tmp_path: Path, call: Call) -> None:
    book = tmp_path / "day.xlsx"
    book.write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x81\x8d")
    assert call("solve", book) == (2, "", f"tutti: {book}: is a workbook; save its sheet of stops as CSV (UTF-8)\n")


def test_options_of_a_table_come_from_their_own_file(table: Path, options: Path, call: Call) -> None:
    assert stop_reason_of(call("solve", table, "--options", options, "--json").out) == "gap of 1 reached"


def test_routes_in_json_without_options_take_them_too(day_file: Path, options: Path, call: Call) -> None:
    assert stop_reason_of(call("solve", day_file, "--options", options, "--json").out) == "gap of 1 reached"


def test_what_is_given_on_the_command_line_wins_over_that_file(table: Path, options: Path, call: Call) -> None:
    assert stop_reason_of(call("solve", table, "--options", options, "--json", "--gap", "0").out) is None
    write(options, {"day": "L"})
    assert json.loads(call("solve", table, "--options", options, "--week", "--json").out)["days"] == ["L"]


def test_a_plan_is_checked_and_explained_by_the_options_that_it_was_made_with(
    table: Path, options: Path, tmp_path: Path, call: Call
) -> None:
    plan = tmp_path / "plan.json"
    write(options, {"windows": {"entry": [-120, 120], "exit": [-120, 120]}})
    assert call("solve", table, "--options", options, "-o", plan).code == 0
    assert call("check", table, plan).code == 1
    assert call("check", table, plan, "--options", options).code == 0
    assert call("explain", table, plan, "--options", options).code == 0


@pytest.mark.parametrize("own", [{}, {"gap": 0}])
def test_options_are_in_one_place(own: object, options: Path, tmp_path: Path, call: Call) -> None:
    file = write(tmp_path / "day.json", {"routes": ROUTES, "options": own})
    message = f"{file} has options of its own; keep them there or in that file"
    assert call("solve", file, "--options", options) == (2, "", f"tutti: --options: {message}\n")


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        ({"gap": 2}, "gap: must be a number from 0 to 1, not 2"),
        ({"travel": {"speed": 9}}, 'travel.speed: "speed" is not an option; did you mean "speed_kmh"?'),
        ({"routes": [], "options": {}}, "options: must not be there; the file is the object of options itself"),
        ([], "must be an object with fields in braces, not a list"),
    ],
)
def test_what_is_wrong_with_options_is_said_of_their_file(
    content: object, finding: str, table: Path, options: Path, call: Call
) -> None:
    write(options, content)
    assert call("solve", table, "--options", options) == (2, "", f"tutti: {options}: {finding}\n")


def test_options_can_be_wrong_for_the_routes(table: Path, options: Path, call: Call) -> None:
    write(options, {"windows": {"routes": {"R9": [0, 0]}}})
    finding = 'options.windows.routes.R9: no route has the id "R9"; correct or remove it'
    assert call("solve", table, "--options", options) == (2, "", f"tutti: {table}: {finding}\n")


def test_no_plan_is_written_over_the_options(table: Path, options: Path, call: Call) -> None:
    ended = call("solve", table, "--options", options, "-o", options)
    assert ended.err == f"tutti: {options}: is read from; choose another file\n"


@pytest.mark.parametrize(
    ("command", "place", "other"),
    [
        (["solve", "-", "--options", "-"], "--options", "FILE"),
        (["solve", "-", "--from", "-"], "--from", "FILE"),
        (["solve", "day.json", "--from", "-", "--options", "-"], "--from", "--options"),
        (["submit", "-", "--options", "-"], "--options", "FILE"),
        (["explain", "-", "--options", "-"], "--options", "FILE"),
        (["explain", "day.json", "-", "--options", "-"], "--options", "PLAN"),
        (["check", "day.json", "-", "--options", "-"], "--options", "PLAN"),
    ],
)
def test_standard_input_is_one_file(command: list[str], place: str, other: str, call: Call) -> None:
    message = f"{place}: can't come from standard input beside {other}; name a file"
    assert call(*command) == (2, "", f"tutti: {message}\n")
