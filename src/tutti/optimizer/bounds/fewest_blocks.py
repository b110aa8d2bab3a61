"""Koenig's theorem at work: the fewest blocks when shifts don't add up along a block, and the cover that proves it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutti.optimizer.bounds.cover import Augmenting, VertexCover, prove_fewest
from tutti.optimizer.bounds.flow import cheapest_cover, nearest_arcs
from tutti.optimizer.model.arcs import Ints
from tutti.optimizer.model.weights import Weights

FIRST_BUS_COST_MIN = 1000


@dataclass(frozen=True, slots=True)
class FewestBlocks:
    """Links of as few blocks as there can be when shifts don't add up, the cover that proves it, the arcs looked at."""

    successor: Ints
    cover: VertexCover
    tails: Ints
    heads: Ints


def fewest_blocks(weights: Weights, poll: Callable[[], None] = lambda: None) -> FewestBlocks:
    """Fewest blocks over ALL connections by Koenig's theorem, cheapest links over near ones."""
    arcs = weights.arcs
    tails, heads = nearest_arcs(arcs)
    bus_cost_min = FIRST_BUS_COST_MIN
    most_bus_cost = 2**60 // (weights.scale * (2 * arcs.n + 2))
    while True:
        poll()
        successor = cheapest_cover(weights, tails, heads, bus_cost_min)
        proof = prove_fewest(arcs, successor)
        if not isinstance(proof, Augmenting):
            return FewestBlocks(successor, proof, tails, heads)
        tails, heads = merged(arcs.n, (tails, heads), (proof.tails, proof.heads))
        bus_cost_min = min(10 * bus_cost_min, most_bus_cost)


def merged(n: int, one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Tails and heads of the connections of both, each once, for n trips."""
    codes = np.unique(np.concatenate([one[0] * n + one[1], other[0] * n + other[1]]))
    return codes // max(1, n), codes % max(1, n)
