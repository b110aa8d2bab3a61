"""What is to be planned: timed trips, the buses that may run them, and the travel times between them.

Every time is whole minutes after midnight (int, 1500 = 01:00 of the next day), every duration whole minutes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.travel import Place, TravelTimes
from tutti.fleet.vehicle import VehicleType

TripKind = Literal["entry", "exit"]
"""entry: to school in the morning or after lunch; exit: away from school."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One run of one route: it may start in [earliest_min, latest_min] and was asked for at asked_min.

    seats = passengers to carry. Its bus must have all of `features`, and from fewest_seats to most_seats seats, as a
    contract may say beside the passengers (0, None: any).
    """

    id: str
    kind: TripKind
    earliest_min: int
    latest_min: int
    asked_min: int
    duration_min: int
    origin: Place
    destination: Place
    seats: int = 1
    fewest_seats: int = 0
    most_seats: int | None = None
    features: frozenset[str] = frozenset()

    def misses(self, vehicle: VehicleType) -> str | None:
        """What a bus of that type lacks for this trip, for a sentence with the bus as its subject; None: nothing."""
        fewest = max(self.seats, self.fewest_seats)
        if vehicle.seats < fewest:
            return f"has {vehicle.seats} seats of {fewest}"
        if self.most_seats is not None and vehicle.seats > self.most_seats:
            return f"has {vehicle.seats} seats, more than the {self.most_seats} allowed"
        if missing := sorted(self.features - vehicle.features):
            return f"lacks {', '.join(missing)}"
        return None


@dataclass(frozen=True, slots=True)
class Problem:
    """Trips to put into blocks, one block a bus, so that every trip is run once within its window.

    Two trips can follow each other in a block if start + duration + travel minutes <= next start. A block is run by
    one of `vehicle_types`, which must be able to run each of its trips; their names differ. The first level of the
    objective is cost if they have costs (all or none of them), else buses.

    layover_min: so many of all travel minutes between trips are for standing still; they are no part of a pull-out or
    pull-in. depots: a block begins and ends in one of those that its type may stand in; none: where its trips are.
    limits: what a block must keep as a whole. may_drop: a plan may leave trips out if it says so.
    """

    trips: tuple[Trip, ...]
    travel: TravelTimes
    vehicle_types: tuple[VehicleType, ...]
    layover_min: int = 0
    depots: tuple[Depot, ...] = ()
    limits: BlockLimits = field(default_factory=BlockLimits)
    may_drop: bool = False

    @property
    def trips_by_id(self) -> dict[str, Trip]:
        """The trips by their ids."""
        return {trip.id: trip for trip in self.trips}

    @property
    def types_by_name(self) -> dict[str, VehicleType]:
        """The vehicle types by their names."""
        return {vehicle.name: vehicle for vehicle in self.vehicle_types}

    @property
    def has_costs(self) -> bool:
        """Whether plans are compared by cost before anything else, and not by buses."""
        return any(vehicle.fixed_cost is not None for vehicle in self.vehicle_types)

    def able(self, trips: Iterable[Trip]) -> tuple[VehicleType, ...]:
        """The types that can run all of `trips`, the cheapest first, and of equally cheap ones the smallest."""
        wanted = tuple(trips)
        able = (vehicle for vehicle in self.vehicle_types if all(trip.misses(vehicle) is None for trip in wanted))
        return tuple(sorted(able, key=lambda vehicle: vehicle.by_cost))

    def pull_out_min(self, depot: Depot, first: Trip) -> int:
        """Deadhead minutes from a depot to the start of a block's first trip."""
        return self.travel.minutes(depot.place, first.origin) - self.layover_min

    def pull_in_min(self, last: Trip, depot: Depot) -> int:
        """Deadhead minutes from the end of a block's last trip to a depot."""
        return self.travel.minutes(last.destination, depot.place) - self.layover_min

    def depots_of(self, vehicle: VehicleType) -> tuple[Depot, ...]:
        """Where buses of that type may stand."""
        return tuple(depot for depot in self.depots if not vehicle.depots or depot.name in vehicle.depots)


def clock(minute: int) -> str:
    """Minutes after midnight as HH:MM; hours go on after 23 for the small hours of the next day, as in GTFS."""
    sign = "-" if minute < 0 else ""
    return f"{sign}{abs(minute) // 60:02d}:{abs(minute) % 60:02d}"
