"""A plan as a table for spreadsheets."""

import csv
import io
import re

from tutti.fleet.day import Day
from tutti.fleet.plan import Plan
from tutti.fleet.problem import clock

_HEADER = (
    "block", "vehicle_type", "seats", "position", "route_id", "route_name", "type", "school_name", "capacity_needed",
    "start", "end", "shift_min", "deadhead_before_min",
)  # fmt: skip
_STARTS_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")  # the four signs, also in full width


def plan_csv(day: Day, plan: Plan) -> str:
    """One row a trip in driving order, with a header; RFC 4180, lines end in CRLF.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    routes = {route.id: route for route in day.running}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for block in plan.blocks:
        for position, trip in enumerate(block.trips, 1):
            route = routes[trip.route_id]
            writer.writerow([
                _text(block.id), _text(block.vehicle_type), block.seats, position, _text(route.id), _text(route.name),
                route.kind, _text(route.school_name or ""), route.capacity_needed, clock(trip.start_min),
                clock(trip.end_min), trip.shift_min, trip.deadhead_before_min,
            ])  # fmt: skip
    return out.getvalue()


def _text(value: str) -> str:
    return f"'{value}" if _STARTS_FORMULA.match(value) else value
