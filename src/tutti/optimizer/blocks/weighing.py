"""What blocks weigh: their trips, the links between them, and to begin and to end them."""

from collections.abc import Sequence

import numpy as np

from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.model.chains import one_after_another
from tutti.optimizer.model.timing import Chain


def blocks_of(lp: FleetLP, kinds: Ints, chains: Sequence[Chain]) -> list[WeighedBlock]:
    """Chains of trips, each run by its kind of bus, with what they weigh."""
    if not chains:
        return []
    cost = weigh(lp, kinds, *one_after_another(chains))
    each = zip(kinds.tolist(), chains, cost.tolist(), strict=True)
    return [WeighedBlock(kind, tuple(chain), weighs) for kind, chain, weighs in each]


def weigh(lp: FleetLP, kinds: Ints, trips: Ints, number: Ints) -> Floats:
    """What blocks weigh. trips: those of all blocks, one block after another; number: the block of each."""
    is_first = np.r_[True, number[1:] != number[:-1]][: len(number)]
    first, last = trips[is_first], trips[np.r_[is_first[1:], True][: len(number)]]
    cost = lp.start_cost[kinds, first] + lp.trip_cost[kinds, first] + lp.end_cost[kinds, last]
    head = np.flatnonzero(~is_first)
    links = lp.arc_cost(trips[head - 1], trips[head], kinds[number[head]])
    weight: Floats = cost + np.bincount(number[head], links, len(kinds))
    return weight
