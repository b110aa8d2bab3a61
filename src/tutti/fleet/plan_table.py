"""A plan as tables for spreadsheets: one row a trip, and for drivers one row a stop."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.plan import Plan
from tutti.fleet.problem import clock
from tutti.fleet.week import parts

_HEADER = (
    "block", "vehicle_type", "seats", "position", "route_id", "route_name", "type", "school_name", "capacity_needed",
    "start", "end", "shift_min", "deadhead_before_min",
)  # fmt: skip
_HEADER_OF_STOPS = (
    "block", "vehicle_type", "seats", "position", "route_id", "route_name", "type", "school_name", "time", "stop_name",
    "passengers",
)  # fmt: skip
_STARTS_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")  # the four signs, also in full width


def plan_csv(day: Day, plan: Plan, separator: str = ",") -> str:
    """One row a trip in driving order, with a header; RFC 4180 but for the separator, lines end in CRLF.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    return _csv([_HEADER, *_rows(day, plan)], separator)


def document_csv(day: Day, document: Mapping[str, Any], separator: str = ",") -> str:
    """The table of a plan document; in that of a week, a first column `days` says on which days a row is driven."""
    return _document_csv(day, document, separator, _HEADER, _rows)


def drivers_csv(day: Day, document: Mapping[str, Any], separator: str = ",") -> str:
    """As `document_csv`, with one row a stop and its time, and one for leaving a depot and for being back."""
    return _document_csv(day, document, separator, _HEADER_OF_STOPS, _rows_of_stops)


def _document_csv(
    day: Day,
    document: Mapping[str, Any],
    separator: str,
    header: Sequence[str],
    rows_of: Callable[[Day, Plan], Iterable[Sequence[object]]],
) -> str:
    if "days" not in document:
        return _csv([header, *rows_of(day, read_plan(document))], separator)
    rows = [(" ".join(part["days"]), *row) for _, part in parts(document) for row in rows_of(day, read_plan(part))]
    return _csv([("days", *header), *rows], separator)


def _csv(rows: Iterable[Sequence[object]], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def _rows(day: Day, plan: Plan) -> Iterator[Sequence[object]]:
    routes = day.routes_by_id
    for block in plan.blocks:
        for position, trip in enumerate(block.trips, 1):
            route = routes[trip.route_id]
            yield (
                _text(block.id), _text(block.vehicle_type), block.seats, position, _text(route.id), _text(route.name),
                route.kind, _text(route.school_name or ""), route.capacity_needed, clock(trip.start_min),
                clock(trip.end_min), trip.shift_min, trip.deadhead_before_min,
            )  # fmt: skip


def _rows_of_stops(day: Day, plan: Plan) -> Iterator[Sequence[object]]:
    routes = day.routes_by_id
    for block in plan.blocks:
        bus = (_text(block.id), _text(block.vehicle_type), block.seats)
        at_depot = (*bus, "", "", "", "depot", "")
        if block.depot is not None and block.trips:
            yield (*at_depot, clock(block.leaves_min), _text(block.depot), "")
        for position, trip in enumerate(block.trips, 1):
            route = routes[trip.route_id]
            run = (position, _text(route.id), _text(route.name), route.kind, _text(route.school_name or ""))
            for stop, minute in route.driven_from(trip.start_min):
                yield (*bus, *run, clock(minute), _text(stop.name), stop.passengers)
        if block.depot is not None and block.trips:
            yield (*at_depot, clock(block.back_min), _text(block.depot), "")


def _text(value: str) -> str:
    return f"'{value}" if _STARTS_FORMULA.match(value) else value
