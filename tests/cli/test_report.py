import io
from dataclasses import replace

from rich.console import Console

from tests.days import day as routes_of_a_day
from tutti.cli.chart import Chart
from tutti.cli.report import show
from tutti.fleet.blocks import Depot
from tutti.fleet.day import Day
from tutti.fleet.departures import bus_days
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Block, Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.reading import read_day
from tutti.fleet.vehicle import VehicleType

DAY = read_day(routes_of_a_day(3))
PLAN = Plan((
    Block("B1", "bus", 30, (PlannedTrip("R0001", 420, 440, -3, 0), PlannedTrip("R0002", 465, 485, 4, 10))),
    Block("B2", "bus", 30, (PlannedTrip("R0003", 520, 535, 0, 0),)),
))  # fmt: skip


def lines(width: int, plan: Plan = PLAN, encoding: str = "utf-8", day: Day = DAY) -> list[str]:
    """The chart of a plan at a width."""
    certificate = Certificate(Status.OPTIMAL, plan.objective, Bound(2, 10), 0.1)
    rows = bus_days(plan_document(day, plan, certificate), day)
    chart = Chart.of(Console(file=io.TextIOWrapper(io.BytesIO(), encoding), width=width), rows)
    return [text.plain.rstrip() for text in (chart.hours(), *(chart.line(row) for row in rows), chart.legend())]


def printed(plan: Plan, day: Day = DAY, reasons: tuple[str, ...] = ()) -> str:
    """The whole report as it is printed."""
    out = io.BytesIO()
    target = Console(file=io.TextIOWrapper(out, "utf-8"), width=80, highlight=False)
    certificate = Certificate(Status.OPTIMAL, plan.objective, Bound(2, 10), 0.1, reasons=reasons)
    show(target, plan_document(day, plan, certificate), day, [])
    target.file.flush()
    return out.getvalue().decode()


def test_a_line_has_a_character_for_each_stretch_of_the_day() -> None:
    assert lines(30) == [
        "    07          08",
        "B1  ▐███──···▗▄▄▄",
        "B2                      ▐██",
        "    ██ entry   ▄▄ exit   ── deadhead   ·· wait   one character = 5 min",
    ]


def test_the_way_from_and_to_a_depot_is_part_of_the_line_and_of_the_deadhead() -> None:
    options = replace(DAY.options, depots=(Depot("North", (40.0, -3.7)),))
    run = (PlannedTrip("R0001", 420, 440, 0, 0), PlannedTrip("R0002", 465, 485, 0, 10))
    plan = Plan((Block("B1", "bus", 30, run, depot="North", pull_out_min=25, pull_in_min=30),))
    day = replace(DAY, options=options)
    assert lines(40, plan, day=day)[1] == "B1         ─────▐███──···▗▄▄▄──────"
    assert "Bus B1: 2 trips, 65 min deadhead, leaves North at 06:35, back at 08:35" in " ".join(
        printed(plan, day).split()
    )


def test_a_wider_terminal_shows_finer_steps() -> None:
    assert lines(64)[1] == "B1  ▐█████████─────········▗▄▄▄▄▄▄▄▄▄"
    assert lines(64)[-1].endswith("one character = 2 min")


def test_a_narrow_terminal_shows_each_trip_still() -> None:
    assert lines(12)[1:3] == ["B1  ▐─·▗", "B2         ▐"]


def test_a_terminal_without_block_characters_gets_letters() -> None:
    assert lines(30, encoding="ascii")[1:3] == ["B1  Eeee--...Xxxx", "B2                      Eee"]


def test_hours_without_room_for_their_names_are_left_out() -> None:
    night = Plan(
        (Block("B1", "bus", 30, (PlannedTrip("R0001", 360, 380, 0, 0), PlannedTrip("R0002", 1380, 1400, 0, 7))),)
    )
    assert lines(40, night)[0] == "    06  08  10  12  14  16  18  20  22"
    assert lines(24, night)[0] == "    06 09 12 15 18 21"


def test_of_a_large_fleet_the_first_sixty_lines_are_shown() -> None:
    day = read_day(routes_of_a_day(70))
    blocks = (
        Block(f"B{number:02d}", "bus", 30, (PlannedTrip(route.id, 600, 620, 0, 0),))
        for number, route in enumerate(day.routes, 1)
    )
    report = printed(Plan(tuple(blocks)), day)
    assert "\nB60  ▗" in report
    assert "B61" not in report
    assert "\nand 10 more; --html shows all\n" in report


def test_the_timetable_shows_shift_deadhead_and_wait_of_each_trip() -> None:
    report = printed(PLAN).splitlines()
    start = report.index("Bus B1: 2 trips, 10 min deadhead".ljust(len(report[report.index("") + 1])))
    assert [line.split() for line in report[start + 2 : start + 4]] == [
        ["07:00", "07:20", "entry", "R0001", "Oak", "School", "-3", "min"],
        ["07:45", "08:05", "exit", "R0002", "Oak", "School", "10", "min", "15", "min", "+4", "min"],
    ]


def test_types_seats_and_cost_are_shown_where_there_are_types() -> None:
    types = (VehicleType("van", 40, fixed_cost=1200), VehicleType("coach", 55, fixed_cost=300))
    day = replace(DAY, options=replace(DAY.options, vehicle_types=types))
    plan = Plan(tuple(Block.by(types[0], block.id, block.trips) for block in PLAN.blocks))
    report = printed(plan, day)
    assert report.startswith("      cost  2,400\n     buses  2,")
    assert "\n     types  2 van\n" in report
    assert "Bus B1 (van, 40 seats): 2 trips" in report


def test_the_certificate_comes_last() -> None:
    assert printed(PLAN).splitlines()[-3:] == [
        "✓ 2 buses - proven: no plan has fewer",
        "✓ 10 deadhead minutes - proven least with 2 buses",
        "Optimal, proven after 0.1 s.",
    ]


def test_of_many_reasons_the_first_and_the_last_are_shown_and_how_many_more_there_are() -> None:
    report = printed(PLAN, reasons=tuple(f"reason {number}," for number in range(100)))
    shown = [line for line in report.splitlines() if line.startswith("○")]
    assert shown[0] == "○ reason 0,"
    assert shown[16] == "○ and 80 more like these; --json shows all"
    assert shown[17:] == [f"○ reason {number}," for number in range(96, 100)]


def test_reasons_that_are_not_many_are_all_shown() -> None:
    report = printed(PLAN, reasons=tuple(f"reason {number}," for number in range(21)))
    assert all(f"○ reason {number}," in report for number in range(21))
