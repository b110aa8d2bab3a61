"""The kinds of bus as arrays: which trips each may run, and what that costs in the minutes that the LPs count."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.blocks import Depot
from tutti.fleet.problem import Problem
from tutti.fleet.proof import Amount
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.model.arcs import Arcs, Floats, Ints

_LARGEST = 2_000_000  # minutes that a bus may weigh: beyond, the LP's tolerances hide a deadhead minute


@dataclass(frozen=True, slots=True)
class Vehicles:
    """V kinds and what they add to the first level of the objective (cost, or buses where there are no costs).

    kinds: a type each, or where there are depots a type that stands in one of them: a bus comes back to where it left.
    able: shape (V, n), which trips a kind may run. fixed, per_deadhead, per_service: shape (V,), in multiples of
    `unit`, the largest number that divides all of them. pull_out, pull_in: shape (V, n), minutes from its depot to a
    trip and back from it. type_of: shape (V,), the number of a kind's type; count: buses of each type, n where there is
    no limit. weight: deadhead minutes that one unit is worth in the LPs. most_deadhead, dearest: no plan has more
    deadhead minutes, none costs more units. preference: shape (V,), 0 for the kind to choose among equals.

    `weight` is more than any plan's deadhead where that doesn't spoil the LP's precision: then the weighted sum has
    its minimum at the plan that is best level by level. Bounds on the levels hold for any weight.
    """

    kinds: tuple[tuple[VehicleType, Depot | None], ...]
    able: NDArray[np.bool_]
    fixed: Ints
    per_deadhead: Ints
    per_service: Ints
    pull_out: Ints
    pull_in: Ints
    type_of: Ints
    count: Ints
    unit: int
    weight: int
    most_deadhead: int
    dearest: int
    preference: Ints

    @classmethod
    def of(cls, problem: Problem, arcs: Arcs) -> "Vehicles":
        """The kinds of `problem`: by type, then by depot, each in its order."""
        types = problem.vehicle_types
        kinds = tuple((each, depot) for each in types for depot in (problem.depots_of(each) or (None,)))
        type_of = np.array([types.index(each) for each, _ in kinds], dtype=np.int64)
        able = able_types(problem)[type_of]
        amounts = np.array(
            [[each.first_level, each.deadhead_cost_per_min, each.service_cost_per_min] for each, _ in kinds],
            dtype=np.int64,
        )
        unit = math.gcd(*amounts.ravel().tolist()) or 1
        fixed, per_deadhead, per_service = (amounts // unit).T
        pull_out, pull_in = _pulls(problem, kinds)
        most_deadhead = arcs.most_deadhead()
        most_deadhead += int(pull_out.max(axis=0, initial=0).sum() + pull_in.max(axis=0, initial=0).sum())
        weight = min(most_deadhead + 1, _LARGEST // max(1, int(fixed.max(initial=1))))
        dearest = arcs.n * int(fixed.max(initial=0)) + most_deadhead * int(per_deadhead.max(initial=0))
        dearest += int(arcs.duration.sum()) * int(per_service.max(initial=0))
        order = sorted(range(len(kinds)), key=lambda number: kinds[number][0].by_cost)
        count = np.array([arcs.n if each.count is None else min(each.count, arcs.n) for each in types], dtype=np.int64)
        return cls(
            kinds, able, fixed, per_deadhead, per_service, pull_out, pull_in, type_of, count, unit, max(1, weight),
            most_deadhead, dearest, preference=np.argsort(order),
        )  # fmt: skip

    @property
    def size(self) -> int:
        """How many kinds there are."""
        return len(self.fixed)

    @property
    def n(self) -> int:
        """How many trips there are."""
        return int(self.able.shape[1])

    @property
    def is_one_type(self) -> bool:
        """Whether buses differ by their depots at most, there are enough, and their number costs, nothing else."""
        costs_by_minute = self.per_deadhead.any() or self.per_service.any()
        return len(self.count) == 1 and not self.is_limited and bool(self.fixed.all()) and not costs_by_minute

    @property
    def has_depots(self) -> bool:
        """Whether blocks begin and end in depots."""
        return any(depot is not None for _, depot in self.kinds)

    @property
    def is_limited(self) -> bool:
        """Whether there are fewer buses of a type than trips."""
        return bool((self.count < self.n).any())

    @property
    def amounts(self) -> Ints:
        """What a bus of each kind adds to what is counted of a fleet, shape (R, V).

        First the buses of each type; then those that cost no less than each of the costs that there are, so all
        buses to begin with; at last their fixed cost.
        """
        by_type = self.type_of == np.arange(len(self.count))[:, None]
        amounts: Ints = np.vstack([by_type, self.fixed >= self._floors[:, None], self.fixed]).astype(np.int64)
        return amounts

    @property
    def counted(self) -> list[Amount]:
        """The names of the amounts, one of each row of `amounts`."""
        names = {number: vehicle.name for number, (vehicle, _) in zip(self.type_of.tolist(), self.kinds, strict=True)}
        by_type = [Amount(of_type=names[number]) for number in range(len(self.count))]
        return [*by_type, *(Amount(from_cost=self.unit * floor) for floor in self._floors.tolist()), Amount()]

    @property
    def _floors(self) -> Ints:
        costs: Ints = np.unique(self.fixed)
        return costs[: max(1, len(costs) - 1)]

    @property
    def per_minute(self) -> Floats:
        """What a deadhead minute weighs in the LPs, by kind."""
        return (1 + self.weight * self.per_deadhead).astype(np.float64)

    @property
    def minutes_of_a_bus(self) -> Ints:
        """How many deadhead minutes weigh as much as a bus, rounded up, by kind."""
        minutes: Ints = np.ceil(self.weight * self.fixed / self.per_minute).astype(np.int64)
        return minutes

    @property
    def cheapest(self) -> Ints:
        """What the cheapest bus that may run it costs at least, for each trip, shape (n,), units."""
        dearest = self.fixed.max(initial=0)
        cheapest: Ints = np.where(self.able, self.fixed[:, None], dearest).min(axis=0, initial=dearest)
        return cheapest

    def pulls_min(self, first: int, last: int) -> Ints:
        """Pull-out and pull-in of a block from trip `first` to trip `last`, by kind."""
        minutes: Ints = self.pull_out[:, first] + self.pull_in[:, last]
        return minutes

    def cost_by(self, kind: int, deadhead_min: int, service_min: int) -> int:
        """What a block costs by a kind, units."""
        running = self.per_deadhead[kind] * deadhead_min + self.per_service[kind] * service_min
        return int(self.fixed[kind] + running)

    def block_cost(self, deadhead_min: Ints, service_min: int) -> Ints:
        """What a block costs by each kind, units, at so many deadhead minutes by each."""
        return self.fixed + self.per_deadhead * deadhead_min + self.per_service * service_min

    def least_level(self, weighted: int, undriven: int) -> int:
        """No plan costs fewer units if weight * cost + deadhead of any plan is no less than `weighted`.

        Deadhead is at most `most_deadhead`, and at most what the cost leaves for it where it is paid: beside `undriven`
        units that any plan costs without it.
        """
        least = -((self.most_deadhead - weighted) // self.weight)
        paid = int(self.per_deadhead.min())
        if paid:
            least = max(least, -(-(paid * weighted + undriven) // (paid * self.weight + 1)))
        return max(0, least)

    def least_service_costs(self, duration: Ints) -> Ints:
        """What the minutes of each trip cost at least, shape (n,), units, which take so long."""
        dearest = self.per_service.max(initial=0)
        per_minute: Ints = np.where(self.able, self.per_service[:, None], dearest).min(axis=0, initial=dearest)
        return per_minute * duration

    def start_cost(self) -> Floats:
        """What it weighs to begin a block with each trip, shape (V, n)."""
        return self.weight * self.fixed[:, None] + self.per_minute[:, None] * self.pull_out

    def end_cost(self) -> Floats:
        """What it weighs to end a block with each trip, shape (V, n)."""
        return self.per_minute[:, None] * self.pull_in

    def trip_cost(self, duration: Ints) -> Floats:
        """What it weighs to run each trip, shape (V, n)."""
        cost: Floats = self.weight * np.multiply.outer(self.per_service, duration).astype(np.float64)
        return cost


def _pulls(problem: Problem, kinds: Sequence[tuple[VehicleType, Depot | None]]) -> tuple[Ints, Ints]:
    """Pull-out and pull-in minutes of each kind for each trip, shape (V, n); 0 without a depot."""
    out, back = np.zeros((2, len(kinds), len(problem.trips)), dtype=np.int64)
    places = [depot.place for depot in problem.depots]
    if places:
        starts, ends = [trip.origin for trip in problem.trips], [trip.destination for trip in problem.trips]
        from_depots = problem.travel.matrix(places, starts) - problem.layover_min
        to_depots = problem.travel.matrix(ends, places).T - problem.layover_min
        for kind, (_, depot) in enumerate(kinds):
            if depot is not None:
                out[kind] = from_depots[problem.depots.index(depot)]
                back[kind] = to_depots[problem.depots.index(depot)]
    return out, back


def able_types(problem: Problem) -> NDArray[np.bool_]:
    """Which trips each type may run, shape (V, n)."""
    asks = [(trip.seats, trip.fewest_seats, trip.most_seats, trip.features) for trip in problem.trips]
    trips = dict(zip(asks, problem.trips, strict=True))
    types = problem.vehicle_types
    able_for = {ask: [trip.misses(vehicle) is None for vehicle in types] for ask, trip in trips.items()}
    table = np.array([able_for[ask] for ask in asks], dtype=bool).reshape(len(asks), len(types))
    return np.ascontiguousarray(table.T)
