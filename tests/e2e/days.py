"""Days for the end-to-end tests."""

import json
from typing import Any

from tests.e2e.releases import ROOT
from tutti.fleet.generate import generate_day
from tutti.fleet.week import WEEKDAYS

EXAMPLE = json.loads((ROOT / "examples/day.json").read_text())
_ROUTES_A_DAY = 320


def wide_day(routes: int, seed: int = 0) -> dict[str, Any]:
    """A day with windows of an hour either way."""
    day = generate_day(routes, seed)
    day["options"] |= {"windows": {"entry": [-60, 60], "exit": [-60, 60]}, "time_limit_s": 3600}
    return day


def long_week(seed: int = 0) -> dict[str, Any]:
    """Seven wide days without a route in common: minutes of solving in the memory of one. For the queue large."""
    week = wide_day(_ROUTES_A_DAY * len(WEEKDAYS), seed)
    for number, route in enumerate(week["routes"]):
        route["days"] = [WEEKDAYS[number // _ROUTES_A_DAY]]
    del week["options"]["day"]
    week["options"]["week"] = True
    return week
