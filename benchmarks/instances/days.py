"""Days with wide windows and three sizes of buses, or narrow ones and one size, as `tutti solve` reads them."""

import gzip
import json
from pathlib import Path

from tutti.fleet.problem import Problem
from tutti.fleet.reading import read_day

_FLEET = [
    {"name": "small", "seats": 22, "fixed_cost": 800},
    {"name": "middle", "seats": 35, "fixed_cost": 1000},
    {"name": "large", "seats": 55, "fixed_cost": 1300},
]


def read(path: Path) -> Problem:
    """{"meta": {"kind": "narrow" or "wide", "windows": {...}}, "routes": [...]}, or a day with options; gzipped."""
    content = json.loads(gzip.decompress(path.read_bytes()))
    if "meta" not in content:
        return read_day(content).problem()
    options = {"windows": content["meta"]["windows"]}
    if content["meta"]["kind"] == "wide":
        options["vehicle_types"] = _FLEET
    return read_day({"routes": content["routes"], "options": options}).problem()
