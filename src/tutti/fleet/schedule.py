"""The plan in the shape that clients of the prior system read: {"schedule", "stats"}.

Clock times are HH:MM:SS; hours go on after 23 for the small hours of the next day.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.plan import Block, PlannedTrip
from tutti.fleet.problem import clock
from tutti.fleet.reading import read_day
from tutti.fleet.route import Route, Stop

_STOP_FIELDS = tuple(field.name for field in fields(Stop))


def schedule_of(day: Day, document: dict[str, Any]) -> dict[str, Any]:
    """The schedule of a plan document, one entry a bus, and its statistics."""
    routes = day.routes_by_id
    blocks = read_plan(document).blocks
    schedule = [_bus(block, routes, day.buffer_min) for block in blocks]
    return {"schedule": schedule, "stats": _stats(blocks, routes) | {"certificate": document["certificate"]}}


def schedule_of_texts(request: str, document: str) -> dict[str, Any]:
    """The same from JSON texts as they are kept: of a request that could be read, and of its plan's document."""
    return schedule_of(read_day(json.loads(request)), json.loads(document))


def _bus(block: Block, routes: dict[str, Route], buffer_min: int) -> dict[str, Any]:
    driven = [routes[trip.route_id] for trip in block.trips]
    return {
        "bus_id": block.id,
        "items": [_item(trip, route, buffer_min) for trip, route in zip(block.trips, driven, strict=True)],
        "last_loc": list(driven[-1].destination),
        "min_required_seats": max(route.capacity_needed for route in driven),
    }


def _item(trip: PlannedTrip, route: Route, buffer_min: int) -> dict[str, Any]:
    """deadhead_minutes: from the trip before, with the buffer; positioning_minutes: the driving in it, without."""
    return {
        "route_id": trip.route_id,
        "start_time": _clock(trip.start_min),
        "end_time": _clock(trip.end_min),
        "type": route.kind,
        "original_start_time": _clock(trip.start_min - trip.shift_min),
        "time_shift_minutes": trip.shift_min,
        "deadhead_minutes": trip.deadhead_before_min,
        "positioning_minutes": max(0, trip.deadhead_before_min - buffer_min),
        "capacity_needed": route.capacity_needed,
        "vehicle_capacity_min": route.vehicle_capacity_min,
        "vehicle_capacity_max": route.vehicle_capacity_max,
        "vehicle_capacity_range": route.vehicle_capacity_range,
        "school_name": route.school_name,
        "stops": [{name: getattr(stop, name) for name in _STOP_FIELDS} for stop in route.stops],
        "contract_id": route.contract_id,
    }


def _stats(blocks: Sequence[Block], routes: dict[str, Route]) -> dict[str, Any]:
    entries = [sum(routes[trip.route_id].kind == "entry" for trip in block.trips) for block in blocks]
    exits = [len(block.trips) - count for block, count in zip(blocks, entries, strict=True)]
    trips = [trip for block in blocks for trip in block.trips]
    return {
        "total_buses": len(blocks),
        "total_routes": len(trips),
        "total_entries": sum(entries),
        "total_exits": sum(exits),
        "max_entries_per_bus": max(entries, default=0),
        "max_exits_per_bus": max(exits, default=0),
        "buses_with_both": sum(1 for pair in zip(entries, exits, strict=True) if min(pair) > 0),
        "avg_routes_per_bus": round(len(trips) / len(blocks), 2) if blocks else 0.0,
        "total_early_shift_minutes": sum(max(0, -trip.shift_min) for trip in trips),
        "total_deadhead_minutes": sum(trip.deadhead_before_min for trip in trips),
    }


def _clock(minute: int) -> str:
    return f"{clock(minute)}:00"
