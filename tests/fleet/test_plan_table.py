import csv
import io

import pytest

from tests.fleet.planned import DAY, PLAN
from tests.fleet.routes import entry
from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.plan_table import plan_csv
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
