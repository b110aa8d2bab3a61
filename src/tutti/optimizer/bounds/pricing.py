"""Pricing (Loebel 1998): which of ALL connections the LP would want, and the bound that its dual prices prove."""

import math
from dataclasses import dataclass

import numpy as np

from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.model.weights import Weights

_ROUNDING = 1e-5  # of the floating-point sums; far less than what a wrong bound would need


@dataclass(frozen=True, slots=True)
class Prices:
    """Row prices of the LP with the signs that the bound needs: tail (n,) and fleet free, head (n,) and cut <= 0."""

    tail: Floats
    head: Floats
    fleet: float
    cut: Floats

    @classmethod
    def of(cls, row_price: Floats, n: int, penalty_min: float) -> "Prices":
        """From the prices of all rows; signs that the solver's tolerance got wrong are clipped."""
        fleet = max(float(row_price[2 * n]), -penalty_min)
        return cls(row_price[:n], row_price[n : 2 * n].clip(max=0), fleet, row_price[2 * n + 1 :].clip(max=0))


@dataclass(frozen=True, slots=True)
class Pricing:
    """The connections of negative reduced cost among all n * n, and the value that the prices prove.

    value: no plan with exactly the LP's number of buses has a lower sum of weights (minutes, tie-breaks included).
    missing: what of the prices of each trip is taken off it, shape (n,), 0 or negative.
    """

    tail: Ints
    head: Ints
    reduced_cost: Floats
    value: float
    missing: Floats


def price(weights: Weights, cuts: Cuts, prices: Prices, buses: int) -> Pricing:
    """Reduced costs of all connections, and the Lagrangian bound that holds for any prices.

    value = all trips alone + buses * fleet + sum tail + sum head + sum limit * cut + sum over trips u of
    min(0, -tail_u - fleet, least reduced cost out of u): each trip ends its block or takes one link.
    """
    tail, head, cost = priced_below(weights, cuts, prices, 0.0)
    least = np.minimum(0.0, -prices.tail - prices.fleet)
    np.minimum.at(least, tail, cost)
    limits = np.array(cuts.limits, dtype=np.float64)
    rows = buses * prices.fleet + prices.tail.sum() + prices.head.sum() + limits @ prices.cut
    value = weights.alone_min.sum() + rows + least.sum()
    negative = np.flatnonzero(cost < -_ROUNDING)
    return Pricing(tail[negative], head[negative], cost[negative], float(value), least)


def priced_below(weights: Weights, cuts: Cuts, prices: Prices, limit_min: float) -> tuple[Ints, Ints, Floats]:
    """(tail, head, reduced cost) of ALL connections whose reduced cost is less than `limit_min` minutes.

    First whole minutes without cuts, whose prices only raise a reduced cost; then exactly for the few that are left.
    """
    tail, head = weights.below(prices.tail + limit_min, prices.head)
    cost = _reduced_costs(weights, cuts, prices, tail, head)
    low = np.flatnonzero(cost < limit_min)
    return tail[low], head[low], cost[low]


def _reduced_costs(weights: Weights, cuts: Cuts, prices: Prices, tail: Ints, head: Ints) -> Floats:
    """Cost of the given arcs less the prices of all rows that hold them, minutes."""
    cost = weights.of(tail, head) / weights.scale - prices.tail[tail] - prices.head[head]
    arc, row = cuts.rows_of(tail, head)
    return cost - np.bincount(arc, prices.cut[row], minlength=len(tail))


def rounded_up(value: float, weights: Weights) -> int:
    """The deadhead minutes that a bound on the sum of weights proves: less all tie-breaks, rounded up."""
    return max(0, math.ceil(value - weights.slack_min - _ROUNDING))
