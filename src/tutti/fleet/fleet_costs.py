"""What the kinds of bus cost, as arrays, for pricing all blocks that could be driven; no code of the optimizer."""

import math
from functools import cached_property

import numpy as np

from tutti.fleet.priced_blocks import Ints, Links
from tutti.fleet.problem import Problem


class FleetCosts:
    """The kinds of bus, a type each or a type in a depot, and what they add to the first level in units.

    fixed, per_deadhead, per_service: shape (V,). able, out, back: shape (V, n). counts_buses: each bus is one unit.
    """

    def __init__(self, problem: Problem, *, counts_buses: bool) -> None:
        trips = problem.trips
        ends, starts = [trip.destination for trip in trips], [trip.origin for trip in trips]
        self.counts_buses = counts_buses
        self.cheapest = min(each.first_level for each in problem.vehicle_types)
        self.travel = problem.travel.matrix(ends, starts).astype(np.int64)
        self.kinds = [(each, at) for each in problem.vehicle_types for at in (problem.depots_of(each) or (None,))]
        costs = [
            (1, 0, 0) if counts_buses else (each.first_level, each.deadhead_cost_per_min, each.service_cost_per_min)
            for each, _ in self.kinds
        ]
        self.unit = math.gcd(*(cost for each in costs for cost in each)) or 1
        units: Ints = np.array(costs, dtype=np.int64) // self.unit
        self.fixed: Ints = units[:, 0]
        self.per_deadhead: Ints = units[:, 1]
        self.per_service: Ints = units[:, 2]
        self.counts = {each.name: each.count for each in problem.vehicle_types}
        self.able = np.array([[trip.misses(each) is None for trip in trips] for each, _ in self.kinds])
        links = Links.of(problem, self.travel)
        self.links = [links if able.all() else links.only(able[:, None] & able) for able in self.able]
        self.duration = np.array([trip.duration_min for trip in trips], dtype=np.int64)
        self.out, self.back = np.zeros((2, len(self.kinds), len(trips)), dtype=np.int64)
        for kind, (_, depot) in enumerate(self.kinds):
            if depot is not None:
                self.out[kind] = [problem.pull_out_min(depot, trip) for trip in trips]
                self.back[kind] = [problem.pull_in_min(trip, depot) for trip in trips]

    @property
    def can_run_all(self) -> bool:
        """Whether there are trips, each of which some bus may run, and it takes time to get from one to the next."""
        can_run = self.able.any(axis=0).all() and all(len(each.step) and each.take_time for each in self.links)
        return bool(can_run)

    @cached_property
    def most_deadhead(self) -> int:
        """No plan has more deadhead minutes."""
        links = sum(np.max([np.where(each.fits, self.travel, 0).max(axis=1) for each in self.links], axis=0).tolist())
        return int(links + self.out.max(axis=0).sum() + self.back.max(axis=0).sum())

    @cached_property
    def least_service(self) -> int:
        """No plan pays fewer units for the minutes of its trips."""
        dearest = int(self.per_service.max())
        per_minute: Ints = np.where(self.able, self.per_service[:, None], dearest).min(axis=0)
        return int(per_minute @ self.duration)

    @property
    def pays_by_minute(self) -> bool:
        """Whether not only its buses cost something."""
        return bool(self.per_deadhead.any() or self.per_service.any())
