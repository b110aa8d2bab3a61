"""Dual prices of the flow: they say which of all connections a good plan could use at all."""

import numpy as np

from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.weights import Weights

_MOST_SWEEPS = 2000  # a flow over hundreds of near connections settles in 25 to 50


def flow_prices(weights: Weights, successor: Ints, tails: Ints, heads: Ints) -> tuple[Floats, Floats]:
    """(tail_price, head_price), shape (n,) each, minutes, with the number of blocks held fixed.

    cost - tail_price[i] - head_price[j] is >= 0 on the given arcs and 0 on the links of the flow.

    Bellman-Ford on the residual graph of the flow; the ends of the blocks share one level, the least of a linked trip.
    Where the sweeps don't settle the prices are only a guide, which is all that choosing columns needs.
    """
    n = weights.arcs.n
    order = np.argsort(heads, kind="stable")
    tail, head = tails[order], heads[order]
    cost = weights.of(tail, head)
    first = np.flatnonzero(np.r_[True, head[1:] != head[:-1]]) if len(head) else np.zeros(0, dtype=np.int64)
    linked = np.flatnonzero(successor != NONE)
    if not len(linked):
        return np.zeros(n), np.zeros(n)
    ends = np.flatnonzero(successor == NONE)
    following = successor[linked]
    link_cost = weights.of(linked, following)
    level = np.zeros(n, dtype=np.int64)  # minus the tail price
    head_price = np.zeros(n, dtype=np.int64)
    for _ in range(_MOST_SWEEPS):
        level[linked] = head_price[following] - link_cost
        level[ends] = level[linked].min()
        lowered = head_price.copy()
        lowered[head[first]] = np.minimum(lowered[head[first]], np.minimum.reduceat(cost + level[tail], first))
        if (lowered == head_price).all():
            break
        head_price = lowered
    return -level / weights.scale, head_price / weights.scale


def reduced_costs(weights: Weights, prices: tuple[Floats, Floats], tail: Ints, head: Ints) -> Floats:
    """Cost minus both prices of the arcs, minutes."""
    return weights.of(tail, head) / weights.scale - prices[0][tail] - prices[1][head]


def arcs_within(weights: Weights, prices: tuple[Floats, Floats], limit_min: float) -> tuple[Ints, Ints]:
    """Tails and heads of ALL connections whose reduced cost is at most `limit_min` minutes."""
    tail, head = weights.below(prices[0] + limit_min + weights.slack_min, prices[1])
    near = reduced_costs(weights, prices, tail, head) <= limit_min
    return tail[near], head[near]
