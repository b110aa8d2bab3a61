"""Pricing: which of ALL connections of all kinds of bus the LP would want, and the bound that its prices prove."""

from dataclasses import dataclass

import numpy as np

from tutti.optimizer.links.fleet_lp import FleetLP, FleetPrices
from tutti.optimizer.model.arcs import Floats, Ints

_ROUNDING = 1e-5  # of the floating-point sums, relative to a minute


@dataclass(frozen=True, slots=True)
class FleetPricing:
    """The connections of negative reduced cost, by kind, and what the prices prove.

    value: no plan has a lower sum of weights (tie-breaks included).
    """

    tail: Ints
    head: Ints
    kind: Ints
    reduced_cost: Floats
    value: float


def price_fleet(lp: FleetLP, prices: FleetPrices) -> FleetPricing:
    """Reduced costs of all connections for every kind, and the Lagrangian bound that clipped prices prove.

    value = sum cover + sum count * its price + level * its price + sum limit * cut + for each trip the least reduced
    cost of what may enter it, 0 at most: every trip is entered once; ends cost balance + end cost >= 0 and add nothing.
    """
    vehicles, found = lp.vehicles, []
    priced = prices.count[vehicles.type_of] + prices.level * vehicles.fixed
    start_cost = lp.start_cost - priced[:, None] + lp.trip_cost - prices.cover - prices.balance
    start_cost[~vehicles.able] = np.inf
    least = np.minimum(0.0, start_cost.min(axis=0))
    for kind in range(vehicles.size):
        tail, head, cost = arcs_below(lp, prices, kind, 0.0)
        np.minimum.at(least, head, cost)
        negative = np.flatnonzero(cost < -_ROUNDING)
        found.append((tail[negative], head[negative], np.full(len(negative), kind), cost[negative]))
    tail, head, kinds, cost = (np.concatenate(parts) for parts in zip(*found, strict=True))
    limits = np.array(lp.cuts.limits, dtype=np.float64)[: len(prices.cut)]
    value = prices.cover.sum() + vehicles.count @ prices.count + limits @ prices.cut + least.sum()
    value += max(0.0, lp.level) * prices.level
    return FleetPricing(tail, head, kinds, cost, float(value))


def arcs_below(lp: FleetLP, prices: FleetPrices, kind: int, limit: float) -> tuple[Ints, Ints, Floats]:
    """(tail, head, reduced cost) of ALL connections that a kind may use with less than `limit` weighted minutes."""
    arcs, able = lp.weights.arcs, lp.vehicles.able[kind]
    per_minute = lp.vehicles.per_minute[kind]
    never = -1e12
    into = np.where(able, prices.cover + prices.balance[kind] - lp.trip_cost[kind], never)
    out_of = np.where(able, limit - prices.balance[kind], never)
    tail, head = arcs.below(out_of / per_minute, into / per_minute)
    cost = _reduced_costs(lp, prices, kind, tail, head)
    low = np.flatnonzero(cost < limit)
    return tail[low], head[low], cost[low]


def _reduced_costs(lp: FleetLP, prices: FleetPrices, kind: int, tail: Ints, head: Ints) -> Floats:
    """Cost of the given arcs less the prices of all rows that hold them."""
    balance = prices.balance[kind, head] - prices.balance[kind, tail]
    cost = lp.arc_cost(tail, head, np.full(len(tail), kind)) - prices.cover[head] - balance
    arc, row = lp.cuts.rows_of(tail, head)
    priced = row < len(prices.cut)
    reduced: Floats = cost - np.bincount(arc[priced], prices.cut[row[priced]], minlength=len(tail))
    return reduced
