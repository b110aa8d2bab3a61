"""The answer: which bus runs which trips when, what that amounts to, and how close to optimal it is proven to be."""

from dataclasses import dataclass
from enum import StrEnum


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
    """The trips of one bus in driving order."""

    id: str
    vehicle_type: str
    seats: int
    trips: tuple[PlannedTrip, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Blocks, one a bus."""

    blocks: tuple[Block, ...]

    @property
    def objective(self) -> "Objective":
        """What the plan amounts to, recomputed from its trips."""
        trips = [trip for block in self.blocks for trip in block.trips]
        return Objective(
            buses=len(self.blocks),
            deadhead_min=sum(trip.deadhead_before_min for trip in trips),
            shift_min=sum(abs(trip.shift_min) for trip in trips),
        )


@dataclass(frozen=True, slots=True, order=True)
class Objective:
    """Compared in this order: buses, then deadhead minutes, then minutes away from the asked starts."""

    buses: int
    deadhead_min: int
    shift_min: int


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan has fewer buses, and no plan with that many buses has less deadhead (None: not known)."""

    buses: int
    deadhead_min: int | None = None


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"  # buses and deadhead are proven least
    FEASIBLE = "feasible"  # ended by itself, without proof
    INFEASIBLE = "infeasible"  # no plan exists; the reasons say why
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
        """Share of the first level that is not proven (buses, else deadhead); 0 = optimal, None = unknown."""
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: Objective | None, bound: Bound | None) -> float | None:
    """(value - bound) / value at the first level where they differ: buses, then deadhead; None if a side is unknown."""
    if objective is None or bound is None:
        return None
    if objective.buses > bound.buses:
        return (objective.buses - bound.buses) / objective.buses
    if bound.deadhead_min is None:
        return None
    if objective.deadhead_min > bound.deadhead_min:
        return (objective.deadhead_min - bound.deadhead_min) / objective.deadhead_min
    return 0.0
