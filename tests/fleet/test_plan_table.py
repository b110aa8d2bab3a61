import csv
import io
from dataclasses import replace

import pytest

from tests.fleet.planned import CERTIFICATE, DAY, PLAN
from tests.fleet.routes import entry, leaving
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.plan_table import drivers_csv, plan_csv
from tutti.fleet.reading import read_day

TABLE = plan_csv(DAY, PLAN)


def test_a_row_is_a_trip_in_driving_order() -> None:
    rows = list(csv.DictReader(io.StringIO(TABLE)))
    assert [(row["block"], row["position"], row["route_id"]) for row in rows] == [
        ("1", "1", "E1"),
        ("1", "2", "E2"),
        ("2", "1", "X1"),
    ]
    assert rows[2] == {
        "block": "2",
        "vehicle_type": "bus",
        "seats": "21",
        "position": "1",
        "route_id": "X1",
        "route_name": "Mill Lane to Oak School",
        "type": "exit",
        "school_name": "Oak School",
        "capacity_needed": "21",
        "start": "09:01",
        "end": "09:21",
        "shift_min": "1",
        "deadhead_before_min": "0",
    }


def test_lines_end_and_quotes_are_doubled_as_in_rfc_4180() -> None:
    assert TABLE.count("\r\n") == 4
    assert '"The ""Nest"""' in TABLE


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n1", " =1", "\uff1d1+1"])
def test_no_text_of_the_input_becomes_a_formula(text: str) -> None:
    day = read_day([entry(id=text, name=text, school_name=text)])
    table = plan_csv(day, Plan((Block(text, "bus", 21, (PlannedTrip(text, 490, 510, -3, 0),)),)))
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert {row[name] for name in ("block", "route_id", "route_name", "school_name")} == {f"'{text}"}
    assert row["shift_min"] == "-3"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_another_separator_changes_no_cell(separator: str) -> None:
    day = read_day([entry(name="Mill; Lane\tand, so on")])
    plan = Plan((Block("1", "bus", 21, (PlannedTrip("E1", 490, 510, -3, 0),)),))
    table = plan_csv(day, plan, separator)
    assert table.startswith(f"block{separator}vehicle_type{separator}")
    assert list(csv.reader(io.StringIO(table), delimiter=separator)) == list(
        csv.reader(io.StringIO(plan_csv(day, plan)))
    )


def rows_for_drivers(day: Day, plan: Plan) -> list[list[str]]:
    """(block, route, time, stop, passengers) of each row."""
    table = csv.DictReader(io.StringIO(drivers_csv(day, plan_document(day, plan, CERTIFICATE))))
    return [[row[name] for name in ("block", "route_id", "time", "stop_name", "passengers")] for row in table]


def test_drivers_get_a_row_a_stop_with_its_time() -> None:
    first, second, school = [row for row in rows_for_drivers(DAY, PLAN) if row[1] == "E1"]
    assert [first[2], second[2], school[2]] == ["08:10", "08:18", "08:30"]
    table = drivers_csv(DAY, plan_document(DAY, PLAN, CERTIFICATE))
    (row, *_) = csv.DictReader(io.StringIO(table))
    assert (row["block"], row["vehicle_type"], row["seats"], row["position"]) == ("1", "bus", "21", "1")


@pytest.mark.parametrize("minutes", [(0, 5, 20), (20, 15, 0)], ids=["counted up", "counted down"])
@pytest.mark.parametrize("school", [0, 2], ids=["school first", "school last"])
def test_stops_of_a_way_home_have_the_times_at_which_they_are_driven(school: int, minutes: tuple[int, ...]) -> None:
    stops = [
        {
            "name": f"stop {place}",
            "lat": 40 + place / 50,
            "lon": -3,
            "time_from_start": at,
            "is_school": place == school,
        }
        for place, at in enumerate(minutes)
    ]
    day = read_day([leaving(stops=stops, departure_time="09:00")])
    plan = Plan((Block("1", "bus", 21, (PlannedTrip("X1", 541, 561, 1, 0),)),))
    driven = [f"stop {place}" for place in ((0, 1, 2) if school == 0 else (2, 1, 0))]
    middle = "09:06" if school == 0 else "09:16"
    assert [row[2:4] for row in rows_for_drivers(day, plan)] == [
        [time, name] for time, name in zip(("09:01", middle, "09:21"), driven, strict=True)
    ]


def test_drivers_are_told_when_they_leave_the_depot_and_are_back() -> None:
    block = replace(PLAN.blocks[1], depot="Yard", pull_out_min=12, pull_in_min=20)
    rows = rows_for_drivers(DAY, Plan((block,)))
    assert (rows[0], rows[-1]) == (["2", "", "08:49", "Yard", ""], ["2", "", "09:41", "Yard", ""])


def test_the_table_for_drivers_of_a_week_says_on_which_days_it_is_driven() -> None:
    document = plan_document(DAY, PLAN, CERTIFICATE)
    week = {**document, "days": ["L", "M"], "other_days": [{**document, "days": ["V"]}]}
    rows = csv.DictReader(io.StringIO(drivers_csv(DAY, week)))
    assert [row["days"] for row in rows if row["route_id"] == "X1"] == ["L M"] * 3 + ["V"] * 3
