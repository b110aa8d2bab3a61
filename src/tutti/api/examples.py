"""Request bodies for the interactive docs: a list of routes, a submission, a table."""

import json
from importlib.resources import files
from typing import Any

from tutti.fleet.stop_columns import stop_table

_ROUTE: dict[str, Any] = {
    "id": "R001",
    "name": "North to Oak School",
    "type": "entry",
    "arrival_time": "08:50",
    "school_id": "S1",
    "school_name": "Oak School",
    "days": ["L", "M", "X", "J", "V"],
    "capacity_needed": 42,
    "contract_id": "C7",
    "stops": [
        {"name": "Mill Lane", "lat": 40.4301, "lon": -3.7021, "order": 1, "time_from_start": 0, "passengers": 20},
        {"name": "Station", "lat": 40.4222, "lon": -3.6953, "order": 2, "time_from_start": 12, "passengers": 22},
        {
            "name": "Oak School",
            "lat": 40.4115,
            "lon": -3.6869,
            "order": 3,
            "time_from_start": 25,
            "passengers": 0,
            "is_school": True,
        },
    ],
}

_DAY: dict[str, Any] = json.loads((files("tutti.fleet") / "day.schema.json").read_text())


_TABLE: dict[str, Any] = {"text/csv": {"schema": {"type": "string"}, "example": stop_table([_ROUTE])}}


def _json(schema: dict[str, Any], example: object) -> dict[str, Any]:
    return {"application/json": {"schema": schema, "example": example}}


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": content}


ROUTES = _body(_json(_DAY["properties"]["routes"], [_ROUTE]))

CHECK = _body(_json({}, {"routes": [_ROUTE]}) | _TABLE)
"""Anything may be checked: that is what checking is for."""

SUBMISSION = _body(_json(_DAY, {"routes": [_ROUTE], "options": {"time_limit_s": 30}}) | _TABLE)
