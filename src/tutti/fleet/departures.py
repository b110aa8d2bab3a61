"""A plan for people: each trip's times joined with what its route says of itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.plan import Block
from tutti.fleet.problem import TripKind, clock
from tutti.fleet.route import Route


@dataclass(frozen=True, slots=True)
class Departure:
    """A planned trip and its route. wait_before_min = minutes that the bus stands since the trip before it."""

    bus: str
    route_id: str
    name: str
    kind: TripKind
    school: str
    passengers: int
    start_min: int
    end_min: int
    shift_min: int
    deadhead_before_min: int
    wait_before_min: int

    @property
    def start(self) -> str:
        """The start on the clock."""
        return clock(self.start_min)

    @property
    def end(self) -> str:
        """The end on the clock."""
        return clock(self.end_min)

    @property
    def shift(self) -> str:
        """How far the start is from the one that was asked for."""
        if self.shift_min == 0:
            return "as asked"
        return f"{abs(self.shift_min)} min {'earlier' if self.shift_min < 0 else 'later'}"


@dataclass(frozen=True, slots=True)
class BusDay:
    """The block of a bus, and its departures in driving order."""

    block: Block
    departures: tuple[Departure, ...]

    @property
    def of_depot(self) -> str:
        """When the bus leaves its depot and when it is back; empty without depots."""
        block = self.block
        if block.depot is None:
            return ""
        return f"leaves {block.depot} at {clock(block.leaves_min)}, back at {clock(block.back_min)}"


def bus_days(document: Mapping[str, Any], day: Day) -> list[BusDay]:
    """One for each block of a plan document made for `day`, in the document's order."""
    routes = day.routes_by_id
    return [BusDay(block, tuple(_departures(block, routes))) for block in read_plan(document).blocks]


def _departures(block: Block, routes: Mapping[str, Route]) -> Iterator[Departure]:
    free_min = None
    for trip in block.trips:
        route = routes[trip.route_id]
        deadhead_min = trip.deadhead_before_min
        yield Departure(
            bus=block.id,
            route_id=route.id,
            name=route.name,
            kind=route.kind,
            school=route.school_name or route.school_id or "",
            passengers=route.capacity_needed,
            start_min=trip.start_min,
            end_min=trip.end_min,
            shift_min=trip.shift_min,
            deadhead_before_min=deadhead_min,
            wait_before_min=0 if free_min is None else trip.start_min - free_min - deadhead_min,
        )
        free_min = trip.end_min
