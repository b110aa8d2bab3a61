import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

from tests.days import day as routes_of_a_day
from tests.fleet.pages import Page
from tutti.fleet.blocks import Depot
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.kpis import kpis
from tutti.fleet.plan import Block, Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.reading import read_day
from tutti.fleet.timeline import timeline_html

DAY = read_day(routes_of_a_day(3))
PLAN = Plan((
    Block("B1", "bus", 30, (PlannedTrip("R0001", 420, 440, -3, 0), PlannedTrip("R0002", 455, 475, 4, 12))),
    Block("B2", "bus", 30, (PlannedTrip("R0003", 640, 660, 0, 0),)),
))  # fmt: skip


def html_of(plan: Plan | None, day: Day, certificate: Certificate | None = None) -> str:
    if certificate is None:
        objective = plan.objective if plan else None
        certificate = Certificate(Status.OPTIMAL, objective, Bound(2, 12), 0.1)
    return timeline_html(plan_document(day, plan, certificate), day)


HTML = html_of(PLAN, DAY)
PAGE = Page(HTML)


def test_the_page_asks_nothing_of_any_other_place() -> None:
    asking = {"src", "href", "srcset", "data", "action", "xlink:href", "style", "onload", "onclick"}
    assert not [element for element in PAGE.elements if asking & element.attributes.keys()]
    assert not [element for element in PAGE.elements if element.tag in {"link", "iframe", "object", "img"}]
    assert not re.search(r"url\(|@import|https?:|fetch\(|XMLHttpRequest", HTML)


def test_the_page_forbids_all_code_but_its_own() -> None:
    policy = next(e for e in PAGE.all("meta") if "http-equiv" in e.attributes).attributes["content"]
    digests = [
        base64.b64encode(hashlib.sha256(PAGE.all(tag)[0].text.encode()).digest()).decode()
        for tag in ("style", "script")
    ]
    assert policy == f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'"


def test_there_is_one_row_a_bus_and_one_shape_a_trip_coloured_by_its_kind() -> None:
    heads = [head for head in PAGE.all("th", within="timeline") if "bus" in head.parents[-1].classes]
    assert [head.pieces[0] for head in heads] == ["B1", "B2"]
    shapes = {
        rect.parents[-1].text.split()[0]: rect.classes
        for rect in PAGE.all("rect", within="timeline")
        if "trip" in rect.parents[-1].classes
    }
    assert shapes == {"R0001": ["entry"], "R0002": ["exit"], "R0003": ["entry"]}


def test_bars_lie_on_the_hours_of_the_day() -> None:
    bars = [(r.classes[0], r.attributes["x"], r.attributes["width"]) for r in PAGE.all("rect", within="timeline")]
    assert bars == [  # the axis is 07:00 to 11:00
        ("deadhead", "8.333%", "5%"),
        ("entry", "0%", "8.333%"),
        ("wait", "13.333%", "1.25%"),
        ("exit", "14.583%", "8.333%"),
        ("entry", "91.667%", "8.333%"),
    ]
    assert [text.text for text in PAGE.all("text") if "hours" in text.parents[-1].classes] == [
        "07:00", "08:00", "09:00", "10:00",
    ]  # fmt: skip


def test_every_trip_points_to_its_line_in_the_timetable() -> None:
    lines = [row for row in PAGE.all("tr", within="timetable") if row.parents[-1].tag == "tbody"]
    trips = [group for group in PAGE.all("g") if "trip" in group.classes]
    assert len(trips) == len(lines) == 3
    for trip in trips:
        assert trip.text.split()[0] in lines[int(trip.attributes["data-row"])].text


def test_the_timetable_says_all_about_a_trip() -> None:
    cells = [cell.text for cell in PAGE.all("td", within="timetable")]
    names = [cell.text for cell in PAGE.all("th", within="timetable")]
    assert dict(zip(names, cells[11:22], strict=True)) == {
        "Bus": "B1",
        "Start": "07:35",
        "End": "07:55",
        "Type": "exit",
        "Route": "R0002",
        "Name": "Route 2",
        "School": "Oak School",
        "Shift": "4 min later",
        "Passengers": "30",
        "Deadhead before": "12 min",
        "Wait before": "3 min",
    }


def test_the_timetable_can_be_reached_by_keyboard_to_be_scrolled() -> None:
    (table,) = (element for element in PAGE.all("table") if element.attributes["id"] == "timetable")
    assert table.attributes["tabindex"] == "0"


def test_names_from_the_input_stay_text() -> None:
    evil = '<script>alert("1")</script>'
    routes: list[dict[str, Any]] = routes_of_a_day(1)
    routes[0] |= {"id": evil, "name": "</title><img src=x onerror=alert(1)>", "school_name": "a' onfocus='x & y"}
    routes[0]["<b>unknown field</b>"] = 1
    day = read_day(routes)
    plan = Plan((Block("</svg><b>", "bus", 30, (PlannedTrip(evil, 420, 440, 0, 0),)),))
    page = Page(html_of(plan, day))
    assert [len(page.all(tag)) for tag in ("script", "img", "b")] == [1, 0, 2]  # the two <b> are the claims' own
    cells = [cell.text for cell in page.all("td", within="timetable")]
    assert {evil, "</title><img src=x onerror=alert(1)>", "a' onfocus='x & y", "</svg><b>"} <= set(cells)
    assert not [e for e in page.elements if {"onfocus", "onerror"} & e.attributes.keys()]


def test_the_header_shows_the_figures_and_what_is_proven() -> None:
    header = PAGE.all("header")[0].text
    assert "2 buses for 3 routes" in header
    assert "2 buses proven: no plan has fewer" in header
    assert "12 deadhead minutes proven least with 2 buses" in header


def test_without_a_plan_the_page_says_why() -> None:
    certificate = Certificate(Status.INFEASIBLE, None, None, 0.1, reasons=("route R0001 can't start at any minute",))
    page = Page(html_of(None, DAY, certificate))
    assert "No plan exists" in page.all("header")[0].text
    assert "route R0001 can't start at any minute" in page.all("header")[0].text
    assert not [row for row in page.all("tr", within="timeline") if "bus" in row.classes]


def test_warnings_are_on_the_page() -> None:
    routes = routes_of_a_day(3)
    routes[0]["colour"] = "red"
    day = read_day(routes)
    details = Page(html_of(PLAN, day)).all("details")[0]
    assert day.warnings[0] in details.text
    assert "open" in details.attributes, "what is folded is not printed"


def test_the_profile_counts_buses_on_trips_and_deadheads_but_not_waiting() -> None:
    plan = Plan((
        Block("B1", "bus", 30, (PlannedTrip("R0001", 420, 440, 0, 0), PlannedTrip("R0002", 455, 475, 0, 12))),
        Block("B2", "bus", 30, (PlannedTrip("R0003", 445, 460, 0, 0),)),
    ))  # fmt: skip
    page = Page(html_of(plan, DAY))
    assert page.all("path")[0].attributes["d"] == "M0 2H0V1H25V0H32V1H35V0H40V1H55V2H60Z"
    assert "peak 2 at 07:25" in " ".join(page.all("th", within="timeline")[2].text.split())


def test_a_bus_is_on_its_way_from_and_to_its_depot_as_the_figures_count_it() -> None:
    run = (PlannedTrip("R0001", 420, 440, 0, 0), PlannedTrip("R0002", 455, 475, 0, 12))
    before = Block("B2", "bus", 30, (PlannedTrip("R0003", 390, 410, 0, 0),), depot="North")
    block = Block("B1", "bus", 30, run, depot="North", pull_out_min=25, pull_in_min=30)
    options = replace(DAY.options, depots=(Depot("North", (40.0, -3.7)),))
    plan = Plan((block, before))
    page = Page(html_of(plan, replace(DAY, options=options)))
    bars = [(r.classes[0], r.attributes["x"], r.attributes["width"]) for r in page.all("rect", within="timeline")]
    assert bars[:3] == [  # the axis is 06:00 to 09:00
        ("deadhead", "19.444%", "13.889%"),
        ("deadhead", "44.444%", "6.667%"),
        ("deadhead", "63.889%", "16.667%"),
    ]
    heads = page.all("th", within="timeline")
    assert heads[3].attributes["title"] == "leaves North at 06:35, back at 08:25"
    assert "peak 2 at 06:35" in " ".join(heads[2].text.split())
    assert kpis(DAY, plan)["peak_buses"] == 2


def test_a_thousand_buses_are_a_thousand_rows() -> None:
    day = read_day(routes_of_a_day(1000))
    blocks = tuple(
        Block(f"B{number}", "bus", 30, (PlannedTrip(route.id, 600, 620, 0, 0),))
        for number, route in enumerate(day.routes)
    )
    page = Page(html_of(Plan(blocks), day))
    assert sum("bus" in row.classes for row in page.all("tr", within="timeline")) == 1000


def test_a_day_without_any_minute_between_start_and_end_of_an_hour_has_an_axis() -> None:
    plan = Plan((Block("B1", "bus", 30, (PlannedTrip("R0001", 480, 540, 0, 0),)),))
    page = Page(html_of(plan, DAY))
    assert [text.text for text in page.all("text") if "hours" in text.parents[-1].classes] == ["08:00"]


TYPES = [{"name": "van", "seats": 30, "fixed_cost": 200}, {"name": "coach", "seats": 55, "fixed_cost": 300}]


def test_types_seats_and_cost_are_shown_where_there_are_types() -> None:
    day = read_day({"routes": routes_of_a_day(3), "options": {"vehicle_types": TYPES}})
    van, coach = day.problem().vehicle_types
    plan = Plan((Block.by(coach, "B1", PLAN.blocks[0].trips), Block.by(van, "B2", PLAN.blocks[1].trips)))
    page = Page(html_of(plan, day, Certificate(Status.OPTIMAL, plan.objective, Bound(2, 12, 500), 0.1)))
    titles = [small.attributes["title"] for small in page.all("small", within="timeline") if small.attributes]
    assert titles == ["coach, 55 seats, 2 trips", "van, 30 seats, 1 trip"]
    assert [each.text for each in page.all("dt")][:3] == ["Cost", "van", "coach"]
    assert [each.text for each in page.all("dd")][:2] == ["500", "1 bus"]
