"""The types of bus as arrays: which trips each may run, and what that costs in the minutes that the LPs count."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.problem import Problem
from tutti.optimizer.arcs import Arcs, Floats, Ints

_LARGEST = 2_000_000  # minutes that a bus may weigh: beyond, the LP's tolerances hide a deadhead minute


@dataclass(frozen=True, slots=True)
class Vehicles:
    """V types and what they add to the first level of the objective (cost, or buses where there are no costs).

    able: shape (V, n), which trips a type may run. fixed, per_deadhead, per_service: shape (V,), in multiples of
    `unit`, the largest number that divides all of them. count: shape (V,), buses of each type, n where there is no
    limit. weight: deadhead minutes that one unit is worth in the LPs. most_deadhead, dearest: no plan has more
    deadhead minutes, none costs more units. preference: shape (V,), 0 for the type to choose among equals.

    `weight` is more than any plan's deadhead where that doesn't spoil the LP's precision: then the weighted sum has
    its minimum at the plan that is best level by level. Bounds on the levels hold for any weight.
    """

    able: NDArray[np.bool_]
    fixed: Ints
    per_deadhead: Ints
    per_service: Ints
    count: Ints
    unit: int
    weight: int
    most_deadhead: int
    dearest: int
    preference: Ints

    @classmethod
    def of(cls, problem: Problem, arcs: Arcs) -> "Vehicles":
        """The types of `problem`, in its order."""
        types = problem.vehicle_types
        able = _able(problem)
        amounts = np.array(
            [[each.first_level, each.deadhead_cost_per_min, each.service_cost_per_min] for each in types],
            dtype=np.int64,
        )
        unit = math.gcd(*amounts.ravel().tolist()) or 1
        fixed, per_deadhead, per_service = (amounts // unit).T
        most_deadhead = arcs.most_deadhead()
        weight = min(most_deadhead + 1, _LARGEST // max(1, int(fixed.max(initial=1))))
        dearest = arcs.n * int(fixed.max(initial=0)) + most_deadhead * int(per_deadhead.max(initial=0))
        dearest += int(arcs.duration.sum()) * int(per_service.max(initial=0))
        order = sorted(range(len(types)), key=lambda number: types[number].by_cost)
        count = np.array([arcs.n if each.count is None else min(each.count, arcs.n) for each in types], dtype=np.int64)
        return cls(
            able, fixed, per_deadhead, per_service, count, unit, max(1, weight), most_deadhead, dearest,
            preference=np.argsort(order),
        )  # fmt: skip

    @property
    def types(self) -> int:
        """How many types there are."""
        return len(self.fixed)

    @property
    def n(self) -> int:
        """How many trips there are."""
        return int(self.able.shape[1])

    @property
    def is_one(self) -> bool:
        """Whether buses don't differ, there are enough of them, and only their number costs."""
        costs_by_minute = self.per_deadhead.any() or self.per_service.any()
        return self.types == 1 and not self.is_limited and not costs_by_minute

    @property
    def is_limited(self) -> bool:
        """Whether there are fewer buses of a type than trips."""
        return bool((self.count < self.n).any())

    @property
    def per_minute(self) -> Floats:
        """What a deadhead minute weighs in the LPs, by type."""
        return (1 + self.weight * self.per_deadhead).astype(np.float64)

    def block_cost(self, deadhead_min: int, service_min: int) -> Ints:
        """What a block costs by each type, units."""
        return self.fixed + self.per_deadhead * deadhead_min + self.per_service * service_min

    def start_cost(self) -> Floats:
        """What it weighs to begin a block, by type."""
        return self.weight * self.fixed.astype(np.float64)

    def trip_cost(self, duration: Ints) -> Floats:
        """What it weighs to run each trip, shape (V, n)."""
        cost: Floats = self.weight * np.multiply.outer(self.per_service, duration).astype(np.float64)
        return cost


def _able(problem: Problem) -> NDArray[np.bool_]:
    """Which trips each type may run, shape (V, n)."""
    asks = [(trip.seats, trip.fewest_seats, trip.most_seats, trip.features) for trip in problem.trips]
    trips = dict(zip(asks, problem.trips, strict=True))
    types = problem.vehicle_types
    able_for = {ask: [trip.misses(vehicle) is None for vehicle in types] for ask, trip in trips.items()}
    table = np.array([able_for[ask] for ask in asks], dtype=bool).reshape(len(asks), len(types))
    return np.ascontiguousarray(table.T)
