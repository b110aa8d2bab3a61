"""The tables of docs/reference name every field, and no other."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.planned import CERTIFICATE, DAY, PLAN
from tests.fleet.test_schema import ROUTE, SCHEMA
from tutti.fleet.document import plan_document
from tutti.fleet.options import OPTION_NAMES
from tutti.fleet.plan_table import plan_csv
from tutti.fleet.road_times_reading import ROAD_TIMES_FIELDS
from tutti.fleet.route import DAY_CODES
from tutti.fleet.route_reading import ROUTE_FIELDS, STOP_FIELDS
from tutti.fleet.rules import RULES
from tutti.fleet.statements import STATEMENT_RULES
from tutti.fleet.stop_table import parse_stop_table
from tutti.fleet.travel import GreatCircleTravel
from tutti.fleet.vehicle_reading import VEHICLE_FIELDS
from tutti.fleet.windows import Windows

OPTIONS = SCHEMA["properties"]["options"]["properties"]
REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
DOCUMENT = plan_document(DAY, PLAN, CERTIFICATE)


def rows(page: str) -> list[list[dict[str, str]]]:
    """The tables of a page: rows by the names of their columns."""
    found: list[list[list[str]]] = [[]]
    for line in (REFERENCE / page).read_text().splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [[dict(zip(head, row, strict=True)) for row in body] for head, _, *body in filter(None, found)]


def tables(page: str) -> list[list[str]]:
    """The first column of each table of a page, without its head."""
    return [[next(iter(row.values())) for row in table] for table in rows(page)]


def test_every_field_of_a_route_and_a_stop_is_in_the_reference() -> None:
    route, stop, days = tables("routes.md")
    assert sorted(route) == sorted(ROUTE_FIELDS)
    assert sorted(stop) == sorted(STOP_FIELDS)
    assert days == list(DAY_CODES)


def test_the_table_in_the_reference_is_one() -> None:
    (example,) = re.findall(
        r"^```\n(route_id,.*?)^```", (REFERENCE / "routes.md").read_text(), re.DOTALL | re.MULTILINE
    )
    table = parse_stop_table(example.encode())
    assert [route.id for route in table.day({"routes": table.routes}).running] == ["N1", "N2"]


def test_every_option_is_in_the_reference() -> None:
    options, windows, travel, road_times, vehicle, *_ = tables("options.md")
    assert windows == [field.name for field in fields(Windows)]
    assert vehicle == list(VEHICLE_FIELDS)
    assert road_times == list(ROAD_TIMES_FIELDS)
    assert travel == [rule.name for rule in fields(GreatCircleTravel)]
    assert options == list(OPTION_NAMES)


@pytest.mark.parametrize(
    ("page", "number", "schema"),
    [
        ("routes.md", 0, ROUTE),
        ("routes.md", 1, ROUTE["stops"]["items"]["properties"]),
        ("options.md", 0, OPTIONS),
        ("options.md", 1, OPTIONS["windows"]["properties"]),
        ("options.md", 2, OPTIONS["travel"]["properties"]),
        ("options.md", 4, OPTIONS["vehicle_types"]["items"]["properties"]),
    ],
)
def test_the_reference_says_the_limits_and_defaults_of_the_schema(
    page: str, number: int, schema: dict[str, Any]
) -> None:
    for row in rows(page)[number]:
        name, *_ = row.values()
        limits = re.search(r"([-\d.,]*\d) to ([\d.,]*\d)", re.sub(r"(?<=\d),(?=\d)", "", row.get("value", "")))
        said = [float(limit) for limit in limits.groups()] if limits else [None, None]
        assert said == [schema[name].get("minimum"), schema[name].get("maximum")], name
        if row.get("default") and "default" in schema[name]:
            assert json.loads(row["default"]) == schema[name]["default"], name


def test_every_field_of_a_plan_is_in_the_reference() -> None:
    document, block, trip, figures, certificate, _ = tables("plan.md")
    assert document == list(DOCUMENT)
    assert block == list(DOCUMENT["blocks"][0])
    assert trip == list(DOCUMENT["blocks"][0]["trips"][0])
    assert figures == list(DOCUMENT["kpis"])
    assert certificate == list(DOCUMENT["certificate"])


def test_every_rule_is_in_the_reference() -> None:
    assert tables("plan.md")[-1] == [rule.__name__.replace("_", " ") for rule in (*RULES, *STATEMENT_RULES)]


def test_every_column_of_the_table_is_in_the_reference() -> None:
    header = plan_csv(DAY, PLAN).splitlines()[0]
    page = (REFERENCE / "plan.md").read_text()
    assert all(f"`{name}`" in page for name in header.split(","))
