"""A first bound on what a mixed fleet costs: how many buses of each cost or more the trips need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tutti.optimizer.bounds.cover import VertexCover
from tutti.optimizer.bounds.fewest_blocks import fewest_blocks
from tutti.optimizer.bounds.ways_round import with_ways_round
from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights


@dataclass(frozen=True, slots=True)
class Tier:
    """The trips that no bus of fewer units than `level` may run, and a cover of the connections among them.

    trips: shape (m,), increasing; the cover numbers them from 0 and proves how many such buses they need at least. As
    such a bus may run any other trip in between, connections are also those by way of others.
    """

    level: int
    trips: Ints
    cover: VertexCover

    def fewest_buses(self) -> int:
        """No plan has fewer buses that cost `level` units or more."""
        return self.cover.fewest_buses(len(self.trips))


def tiers_of(arcs: Arcs, vehicles: Vehicles, whole: VertexCover, poll: Callable[[], None]) -> tuple[Tier, ...]:
    """A tier for each cost that is some trip's cheapest, the lowest first; whole: a cover of all connections."""
    cheapest = vehicles.cheapest
    first, *others = np.unique(cheapest).tolist()
    tiers = [Tier(first, np.arange(arcs.n), whole)]
    for level in others:
        trips = np.flatnonzero(cheapest >= level)
        weights = Weights.without_depots(with_ways_round(arcs, trips, poll))
        tiers.append(Tier(level, trips, fewest_blocks(weights, poll).cover))
    return tuple(tiers)


def least_level(tiers: Sequence[Tier]) -> int:
    """No plan costs fewer units: each bus counts in every tier up to its own cost, by what it adds to the one below."""
    levels = [0, *(tier.level for tier in tiers)]
    steps = [upper - lower for lower, upper in pairwise(levels)]
    return sum(step * tier.fewest_buses() for step, tier in zip(steps, tiers, strict=True))


def least_cost(tiers: Sequence[Tier], arcs: Arcs, vehicles: Vehicles) -> int:
    """No plan costs fewer units for its buses and the minutes of its trips, without those between them."""
    return least_level(tiers) + int(vehicles.least_service_costs(arcs.duration).sum())
