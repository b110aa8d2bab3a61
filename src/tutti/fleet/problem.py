"""What is to be planned: timed trips, the buses that may run them, and the travel times between them.

Every time is whole minutes after midnight (int, 1500 = 01:00 of the next day), every duration whole minutes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Literal

from tutti.fleet.travel import Place, TravelTimes

TripKind = Literal["entry", "exit"]
"""entry: to school in the morning or after lunch; exit: away from school."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One run of one route: it may start in [earliest_min, latest_min] and was asked for at asked_min."""

    id: str
    kind: TripKind
    earliest_min: int
    latest_min: int
    asked_min: int
    duration_min: int
    origin: Place
    destination: Place
    seats: int = 1


@dataclass(frozen=True, slots=True)
class VehicleType:
    """A kind of bus; seats = passengers it carries at once."""

    name: str
    seats: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Trips to put into blocks, one block a bus, so that every trip is run once within its window.

    Two trips can follow each other in a block if start + duration + travel minutes <= next start. There is one
    vehicle type, whose buses must carry every trip, and as many of them as are needed.
    """

    trips: tuple[Trip, ...]
    travel: TravelTimes
    vehicle_type: VehicleType

    def obstacles(self) -> Iterator[str]:
        """A sentence for each trip that no plan can run: infeasible, whatever the blocks."""
        for trip in self.trips:
            if trip.earliest_min > trip.latest_min:
                yield (
                    f"route {trip.id} can't start at any minute: its window is empty, earliest start "
                    f"{clock(trip.earliest_min)}, latest {clock(trip.latest_min)}"
                )
            if trip.seats > self.vehicle_type.seats:
                yield (
                    f"route {trip.id} needs {trip.seats} seats, a bus of type {self.vehicle_type.name} "
                    f"has {self.vehicle_type.seats}"
                )

    def digest(self) -> str:
        """A fingerprint that two problems share only if they are the same; hexadecimal SHA-256."""
        content = repr((tuple(astuple(trip) for trip in self.trips), self.travel, astuple(self.vehicle_type)))
        return hashlib.sha256(content.encode()).hexdigest()


def clock(minute: int) -> str:
    """Minutes after midnight as HH:MM; hours go on after 23 for the small hours of the next day, as in GTFS."""
    sign = "-" if minute < 0 else ""
    return f"{sign}{abs(minute) // 60:02d}:{abs(minute) % 60:02d}"
