"""The answer on the terminal: figures, the first buses as a timetable, a line a bus, and what is proven."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, OverflowMethod
from rich.table import Table
from rich.text import Text

from tutti.cli.chart import Chart
from tutti.cli.report_week import show_week
from tutti.cli.writing import Glyphs, printable
from tutti.fleet.day import Day
from tutti.fleet.departures import BusDay, bus_days
from tutti.fleet.verdict import claims, headline

TIMETABLES = 2
LINES = 60
WARNINGS = 20
REASONS, LAST_REASONS = 16, 4  # those of single routes come first, those of the whole day last


def show(console: Console, document: Mapping[str, Any], day: Day, written: Sequence[Path]) -> None:
    """Print a plan document made for `day`; `written` are the files that hold it."""
    rows = bus_days(document, day)
    if rows:
        _show_figures(console, document["kpis"])
        for row in rows[:TIMETABLES]:
            _show_timetable(console, row, of_types="by_type" in document["kpis"])
        _show_lines(console, rows)
    _show_warnings(console, document["warnings"])
    if "week" in document:
        show_week(console, document)
        _show_certificate(console, document["week"]["certificate"], "the whole week")
    else:
        _show_certificate(console, document["certificate"])
    for place in written:
        console.print(Text(f"written: {printable(str(place))}"), soft_wrap=True)


def _show_figures(console: Console, kpis: Mapping[str, Any]) -> None:
    kinds = f"{kpis['entries']} entry, {kpis['exits']} exit"
    figures = [
        ("buses", f"{kpis['buses']}, at most {kpis['peak_buses']} driving at once"),
        ("routes", f"{kpis['trips']} ({kinds}), {kpis['trips_per_bus']:.1f} a bus"),
        ("deadhead", f"{kpis['deadhead_min']} min, {kpis['deadhead_km']:.0f} km"),
        ("in service", f"{kpis['service_min']} min"),
        ("shift", f"{kpis['shift_min']} min over {kpis['shifted_trips']} routes"),
    ]
    if "by_type" in kpis:
        figures[1:1] = [("types", _types(kpis["by_type"]))]
    if (cost := kpis.get("cost", kpis.get("fixed_cost"))) is not None:
        figures[:0] = [
            ("cost", f"{cost:,}" + (f", {kpis['running_cost']:,} of it for driving" if "cost" in kpis else ""))
        ]
    if "changes" in kpis:
        figures.append(("changes", _changes(kpis["changes"])))
    for name, value in figures:
        console.print(Text.assemble((f"{name:>10}  ", "dim"), value))


def _changes(changes: Mapping[str, int]) -> str:
    moved = f"{changes['moved_trips']} routes moved: {changes['to_another_bus']} to another bus"
    others = f"{changes['new_trips']} new, {changes['gone_trips']} gone"
    return f"{moved}, {changes['to_another_time']} to another time; {others}"


def _types(by_type: Mapping[str, Mapping[str, int]]) -> str:
    return ", ".join(f"{figures['buses']} {printable(name)}" for name, figures in by_type.items() if figures["buses"])


def _show_timetable(console: Console, row: BusDay, *, of_types: bool) -> None:
    count = len(row.departures)
    block = row.block
    kind = f" ({printable(block.vehicle_type)}, {block.seats} seats)" if of_types else ""
    amount = f"{count} {'trip' if count == 1 else 'trips'}, {block.deadhead_min} min deadhead"
    if row.of_depot:
        amount += f", {printable(row.of_depot)}"
    table = Table(
        title=f"Bus {printable(block.id)}{kind}: {amount}",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    for name in ("start", "end", "type"):
        table.add_column(name, no_wrap=True)
    for name in ("route", "school"):
        table.add_column(name)  # gives way where the terminal is narrow
    for name in ("deadhead", "wait", "shift"):
        table.add_column(name, no_wrap=True, justify="right")
    overflow: OverflowMethod = "crop" if console.options.ascii_only else "ellipsis"
    for trip in row.departures:
        names = (Text(printable(name), no_wrap=True, overflow=overflow) for name in (trip.route_id, trip.school))
        shift = f"{trip.shift_min:+} min" if trip.shift_min else ""
        minutes = (f"{value} min" if value else "" for value in (trip.deadhead_before_min, trip.wait_before_min))
        table.add_row(trip.start, trip.end, trip.kind, *names, *minutes, shift)
    console.print()
    console.print(table)


def _show_lines(console: Console, rows: Sequence[BusDay]) -> None:
    chart = Chart.of(console, rows)
    console.print()
    for line in (chart.hours(), *(chart.line(row) for row in rows[:LINES])):
        console.print(line, no_wrap=True, overflow="crop")
    if len(rows) > LINES:
        console.print(f"and {len(rows) - LINES} more; --html shows all")
    console.print(chart.legend())


def _show_warnings(console: Console, warnings: Sequence[str]) -> None:
    for warning in warnings[:WARNINGS]:
        console.print(Text.assemble(("warning: ", "yellow"), printable(warning)))
    if len(warnings) > WARNINGS:
        console.print(f"and {len(warnings) - WARNINGS} more warnings")


def _show_certificate(console: Console, certificate: Mapping[str, Any], of: str = "") -> None:
    glyphs = Glyphs.of(console)
    console.print()
    show_claims(console, certificate)
    for reason in _shortened(certificate["reasons"]):
        console.print(Text.assemble((glyphs.open, "yellow"), " ", printable(reason)))
    console.print(Text(f"{headline(certificate, of)}."))


def show_claims(console: Console, certificate: Mapping[str, Any]) -> None:
    """A line for each figure of a plan, and what is known about it."""
    glyphs = Glyphs.of(console)
    for claim in claims(certificate):
        mark = (glyphs.proven, "bold green") if claim.proven else (glyphs.open, "yellow")
        console.print(Text.assemble(mark, " ", (claim.figure, "bold"), f" - {claim.knowledge}"))


def _shortened(reasons: Sequence[str]) -> list[str]:
    """The first and the last of many, and how many are between them."""
    left_out = len(reasons) - REASONS - LAST_REASONS
    if left_out < 2:
        return list(reasons)
    return [*reasons[:REASONS], f"and {left_out} more like these; --json shows all", *reasons[-LAST_REASONS:]]
