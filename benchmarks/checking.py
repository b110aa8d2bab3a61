"""Plans in the form that a program independent of Tutti reads, and what it says of them.

{"vehicles": [{"seats": 55 or null, "depot": name or null, "routes": [{"id", "start"}, ...]}, ...]}: routes in driving
order, start in the units of the instance's times after midnight.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import run_measured


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A bus and its work: (route id, start) in driving order; None: seats or depot play no role."""

    seats: int | None
    depot: str | None
    work: list[tuple[str, int]]

    def as_json(self) -> dict[str, Any]:
        """As checkers read it."""
        routes = [{"id": route, "start": start} for route, start in self.work]
        return {"seats": self.seats, "depot": self.depot, "routes": routes}


def write_vehicles(path: Path, vehicles: Iterable[Vehicle]) -> None:
    """Write a plan for checkers."""
    path.write_text(json.dumps({"vehicles": [vehicle.as_json() for vehicle in vehicles]}))


def complaint_of(checker: Path, instance: Path, vehicles: Path) -> str | None:
    """What `checker INSTANCE VEHICLES` prints if it doesn't end with 0; None if it does."""
    run = run_measured([checker.resolve(), instance, vehicles])
    return run.printed if run.exit_code else None
