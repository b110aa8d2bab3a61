"""Days for the end-to-end tests."""

import json
from typing import Any

from tests.e2e.releases import ROOT
from tutti.fleet.generate import generate_day

EXAMPLE = json.loads((ROOT / "examples/day.json").read_text())


def endless_day(seed: int = 0, *, routes: int = 320) -> dict[str, Any]:
    """A day that keeps a solver busy for an hour: windows too wide to prove anything soon. For the queue large."""
    day = generate_day(routes, seed)
    day["options"] |= {"windows": {"entry": [-60, 60], "exit": [-60, 60]}, "time_limit_s": 3600}
    return day
