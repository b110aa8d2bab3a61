"""The answer: which bus runs which trips when, what that amounts to, and how close to optimal it is proven to be."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import total_ordering

from tutti.fleet.vehicle import VehicleType


@dataclass(frozen=True, slots=True)
class PlannedTrip:
    """A route with its exact times.

    shift_min = start minus the start that was asked for (negative: earlier). deadhead_before_min = travel minutes
    from the trip before it in the block, buffer included; 0 for the first trip of a block.
    """

    route_id: str
    start_min: int
    end_min: int
    shift_min: int
    deadhead_before_min: int


@dataclass(frozen=True, slots=True)
class Block:
    """The trips of one bus in driving order, and what that costs where costs are given (fixed_cost None: they aren't).

    running_cost = of its deadhead and service minutes. depot = where the bus comes from and goes back to, None without
    depots; pull_out_min and pull_in_min = deadhead minutes from there to its first trip, and back from its last.
    """

    id: str
    vehicle_type: str
    seats: int
    trips: tuple[PlannedTrip, ...]
    fixed_cost: int | None = None
    running_cost: int = 0
    depot: str | None = None
    pull_out_min: int = 0
    pull_in_min: int = 0

    @classmethod
    def by(
        cls,
        vehicle: VehicleType,
        block_id: str,
        trips: Iterable[PlannedTrip],
        *,
        depot: str | None = None,
        pull_out_min: int = 0,
        pull_in_min: int = 0,
    ) -> "Block":
        """A block run by a bus of that type."""
        bare = cls(
            block_id, vehicle.name, vehicle.seats, tuple(trips), vehicle.fixed_cost,
            depot=depot, pull_out_min=pull_out_min, pull_in_min=pull_in_min,
        )  # fmt: skip
        return bare.priced(vehicle)

    def priced(self, vehicle: VehicleType) -> "Block":
        """The same block with what a bus of that type costs for it."""
        service_min = sum(trip.end_min - trip.start_min for trip in self.trips)
        running = vehicle.running_cost(self.deadhead_min, service_min)
        return replace(self, fixed_cost=vehicle.fixed_cost, running_cost=running)

    @property
    def deadhead_min(self) -> int:
        """All minutes driven without passengers, pull-out and pull-in among them."""
        return sum(trip.deadhead_before_min for trip in self.trips) + self.pull_out_min + self.pull_in_min

    @property
    def leaves_min(self) -> int:
        """When its bus leaves its depot, without depots its first start; only of a block with trips."""
        return self.trips[0].start_min - self.pull_out_min

    @property
    def back_min(self) -> int:
        """When its bus is back in its depot, without depots its last end; only of a block with trips."""
        return self.trips[-1].end_min + self.pull_in_min


@dataclass(frozen=True, slots=True)
class Plan:
    """Blocks, one a bus. dropped = the routes that are not run, where that is allowed."""

    blocks: tuple[Block, ...]
    dropped: tuple[str, ...] = ()

    @property
    def objective(self) -> "Objective":
        """What the plan amounts to, added up from its blocks."""
        trips = [trip for block in self.blocks for trip in block.trips]
        costs = [block.fixed_cost for block in self.blocks if block.fixed_cost is not None]
        return Objective(
            buses=len(self.blocks),
            deadhead_min=sum(block.deadhead_min for block in self.blocks),
            shift_min=sum(abs(trip.shift_min) for trip in trips),
            fixed_cost=sum(costs) if costs else None,
            running_cost=sum(block.running_cost for block in self.blocks),
        )


@total_ordering
@dataclass(frozen=True, slots=True)
class Objective:
    """Compared level by level: cost where there are costs, else buses; deadhead minutes; minutes from the asked starts.

    Cost is fixed_cost + running_cost. Where costs are given (fixed_cost is not None), buses decide only between equals.
    """

    buses: int
    deadhead_min: int
    shift_min: int
    fixed_cost: int | None = None
    running_cost: int = 0

    @property
    def cost(self) -> int | None:
        """All that the plan costs; None where costs are not given."""
        return None if self.fixed_cost is None else self.fixed_cost + self.running_cost

    @property
    def first_level(self) -> int:
        """What is made least before anything else: cost where there are costs, else buses."""
        return self.buses if self.cost is None else self.cost

    def __lt__(self, other: "Objective") -> bool:
        return self._levels < other._levels

    @property
    def _levels(self) -> tuple[int, ...]:
        fixed = 0 if self.fixed_cost is None else self.fixed_cost
        return self.first_level, self.deadhead_min, self.shift_min, self.buses, fixed


@dataclass(frozen=True, slots=True)
class Bound:
    """What no plan is below, level by level.

    No plan has fewer buses. Where costs are given, no plan costs less than `cost` (else None). No plan that meets the
    bound of the first level (cost, else buses) exactly has less deadhead (None: not known).
    """

    buses: int
    deadhead_min: int | None = None
    cost: int | None = None

    @property
    def first_level(self) -> int:
        """The bound of what is made least before anything else."""
        return self.buses if self.cost is None else self.cost


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"  # cost or buses, and deadhead, are proven least
    FEASIBLE = "feasible"  # ended by itself, without proof
    INFEASIBLE = "infeasible"  # no plan exists; the reasons say why
    UNKNOWN = "unknown"  # no plan was found, and it is not proven that there is none; the reasons say what is missing
    STOPPED = "stopped"  # ended by the stopping rule, without proof


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is proven about a plan. `objective` and `bound` are None when there is no plan."""

    status: Status
    objective: Objective | None
    bound: Bound | None
    seconds: float
    stop_reason: str | None = None
    reasons: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """Share of the first level that is not proven (cost or buses, else deadhead); 0 = optimal, None = unknown."""
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: Objective | None, bound: Bound | None) -> float | None:
    """(value - bound) / value at the first level where they differ: cost or buses, then deadhead; None: unknown."""
    if objective is None or bound is None:
        return None
    if objective.first_level > bound.first_level:
        return (objective.first_level - bound.first_level) / objective.first_level
    if bound.deadhead_min is None:
        return None
    if objective.deadhead_min > bound.deadhead_min:
        return (objective.deadhead_min - bound.deadhead_min) / objective.deadhead_min
    return 0.0
