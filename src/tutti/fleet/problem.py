"""What is to be planned: timed trips, the buses that may run them, and the travel times between them.

Every time is whole minutes after midnight (int, 1500 = 01:00 of the next day), every duration whole minutes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.travel import Place, TravelTimes
from tutti.fleet.vehicle import VehicleType

_MOST_TYPES_NAMED = 4

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

    def obstacles(self) -> Iterator[str]:
        """A sentence for each trip that no plan can run: infeasible, whatever the blocks."""
        return (obstacle for trip in self.trips for obstacle in self.obstacles_of(trip))

    def obstacles_of(self, trip: Trip) -> Iterator[str]:
        """Why no plan can run this trip."""
        if trip.earliest_min > trip.latest_min:
            latest = trip.latest_min
            yield (
                f"route {trip.id} can't start at any minute: its window is empty, earliest start "
                f"{clock(trip.earliest_min)}, latest "
                f"{clock(latest) if latest >= 0 else f'{-latest} min before the day begins'}"
            )
        if not self.able([trip]):
            yield f"route {trip.id} can be run by no bus: {self._all_misses(trip)}"
        else:
            yield from self._alone_too_long(trip)

    def _alone_too_long(self, trip: Trip) -> Iterator[str]:
        depots = [depot for vehicle in self.able([trip]) for depot in self.depots_of(vehicle)]
        pulls = (self.pull_out_min(depot, trip) + self.pull_in_min(trip, depot) for depot in depots)
        length = trip.duration_min + min(pulls, default=0)
        limits = self.limits
        for limit, name in ((limits.longest_min, "a block"), (limits.break_after_min, "work without a break")):
            if limit is not None and length > limit:
                yield f"route {trip.id} takes {length} min by itself, depot to depot; {name} may take {limit} min"

    def _all_misses(self, trip: Trip) -> str:
        misses = [f"type {vehicle.name} {trip.misses(vehicle)}" for vehicle in self.vehicle_types]
        more = [f"and so on for {len(misses) - _MOST_TYPES_NAMED} more"] if len(misses) > _MOST_TYPES_NAMED else []
        return "; ".join(misses[:_MOST_TYPES_NAMED] + more)


def clock(minute: int) -> str:
    """Minutes after midnight as HH:MM; hours go on after 23 for the small hours of the next day, as in GTFS."""
    sign = "-" if minute < 0 else ""
    return f"{sign}{abs(minute) // 60:02d}:{abs(minute) % 60:02d}"
