"""One route to school and one home in the kept shape, to change a field of."""

from typing import Any

JSON = dict[str, Any]


def entry(**changes: object) -> JSON:
    """Three stops in 20 minutes, at school at 08:30."""
    return _route("E1", "entry", "08:30:00", None) | changes


def leaving(**changes: object) -> JSON:
    """The same stops, in the order of the route to school, from school at 14:00."""
    return _route("X1", "exit", None, "14:00:00") | changes


def stop(number: int, /, **changes: object) -> JSON:
    """Stop 1, 2 or 3; the third is the school."""
    return {
        "name": ("Mill Lane", "Station", "Oak School")[number - 1],
        "lat": 40.0 + number / 100,
        "lon": -3.0,
        "order": number,
        "time_from_start": (0, 8, 20)[number - 1],
        "passengers": (12, 9, 0)[number - 1],
        "is_school": number == 3,
    } | changes


def _route(route_id: str, kind: str, arrival: str | None, departure: str | None) -> JSON:
    return {
        "id": route_id,
        "name": "Mill Lane to Oak School",
        "type": kind,
        "stops": [stop(1), stop(2), stop(3)],
        "school_id": "S1",
        "school_name": "Oak School",
        "arrival_time": arrival,
        "departure_time": departure,
        "capacity_needed": 21,
        "vehicle_capacity_min": 1,
        "vehicle_capacity_max": 22,
        "vehicle_capacity_range": "1-22",
        "contract_id": "C1",
        "days": ["L", "V"],
        "features": [],
    }
