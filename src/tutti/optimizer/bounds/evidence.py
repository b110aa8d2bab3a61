"""Bounds as a proof has them: each as prices of trips (`tutti.fleet.proof`), whatever it was found by."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from tutti.fleet.proof import UNITS, Amount, Chain, Prices, Split, Step
from tutti.optimizer.bounds import pricing
from tutti.optimizer.bounds.cover import VertexCover
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.bounds.tiers import Tier
from tutti.optimizer.bounds.workload import Workload
from tutti.optimizer.model.arcs import Arcs, Floats
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights

_ALL_BUSES = Amount(from_cost=0)


def by_cover(cover: VertexCover, n: int) -> Step:
    """A trip is worth a bus, less one where its outgoing links are covered, and one where its incoming ones are.

    A block of k trips has k - 1 links, each of which is covered at one side: its trips are worth a bus at most.
    """
    return Step(Prices(_rounded(_left_uncovered(cover, n))))


def by_work(workload: Workload, arcs: Arcs) -> Step:
    """A trip is worth the share of the part of the day that it takes of its bus."""
    return Step(Prices(_rounded(workload.shares(arcs))))


def by_cost_of_work(workload: Workload, arcs: Arcs, vehicles: Vehicles) -> Step:
    """The same, times what the cheapest bus that may run it costs."""
    return Step(Prices(_rounded(workload.shares(arcs) * vehicles.cheapest)), unit=vehicles.unit)


def by_tiers(tiers: Sequence[Tier], arcs: Arcs, vehicles: Vehicles) -> Step:
    """In each tier that has it a trip is worth as `by_cover` says, times what a tier adds; and its minutes beside."""
    levels = [0, *(tier.level for tier in tiers)]
    worth = vehicles.least_service_costs(arcs.duration).astype(np.float64)
    for tier, (lower, upper) in zip(tiers, pairwise(levels), strict=True):
        worth[tier.trips] += (upper - lower) * _left_uncovered(tier.cover, len(tier.trips))
    return Step(Prices(_rounded(worth)), unit=vehicles.unit)


def by_links(weights: Weights, cuts: Cuts, prices: pricing.Prices, missing: Floats) -> Prices:
    """Prices of the programme over links of one type; that of a bus beside what it costs.

    A block's links cost what their rows are worth, or more, and its end no less than nothing: so it is worth what the
    rows of its trips and that of the fleet are worth, or less. Where a link or an end costs less, so much is `missing`,
    by trip that it leaves (n,).
    """
    worth = prices.tail + prices.head + missing + at_trips(cuts, prices.cut, weights.arcs.n, sets=False)
    worth += weights.alone_min - weights.slack_min / max(1, weights.arcs.n)
    return Prices(_rounded(worth), {_ALL_BUSES: int(np.floor(prices.fleet * UNITS))}, _chains(cuts, prices.cut))


def of_buses(prices: Prices, buses: int, weight: int, unit: int) -> Step:
    """What prices of `by_links` say of plans with exactly so many buses; others have more, and weigh so much more.

    weight: of a bus, more than all deadhead. unit: what it costs.
    """
    exactly = replace(prices, fleet={_ALL_BUSES: prices.fleet[_ALL_BUSES] + weight * UNITS})
    return Step(Split(_ALL_BUSES, buses, exactly, Prices((), {_ALL_BUSES: weight * UNITS})), weight, unit)


def by_prices(
    vehicles: Vehicles, weights: Weights, worth: Floats, fleet: Floats, cuts: tuple[Cuts, Floats] | None = None
) -> Prices:
    """What each trip and one more of each amount of a fleet is worth in a programme of several kinds of bus.

    cuts: of a programme over links, with their prices.
    """
    if cuts is not None:
        worth = worth + at_trips(*cuts, vehicles.n, sets=False)
    amounts = {
        amount: int(np.floor(price * UNITS))
        for amount, price in zip(vehicles.counted, fleet.tolist(), strict=True)
        if price
    }
    chains = () if cuts is None else _chains(*cuts)
    return Prices(_rounded(worth - weights.slack_min / max(1, vehicles.n)), amounts, chains)


def at_trips(cuts: Cuts, prices: Floats, n: int, *, sets: bool = True) -> Floats:
    """Prices of cuts, as far as there are, as prices of the trips that they are at (n,).

    A block meets each threshold at most once, and has as many links of a path or cycle as it leaves trips of it by
    them. That loses as much as each path is worth, and holds for blocks that run no trip twice. sets: theirs, too.
    """
    worth = np.zeros(n)
    is_priced = cuts.row < len(prices)
    np.add.at(worth, cuts.node[is_priced], prices[cuts.row[is_priced]])
    for row, trip_set in cuts.sets.items():
        if sets and row < len(prices):
            worth[list(trip_set.trips[:-1])] += prices[row]
    return worth


def _chains(cuts: Cuts, prices: Floats) -> tuple[Chain, ...]:
    """Paths that windows forbid, and cycles, as far as they have prices."""
    priced = ((trip_set, prices[row]) for row, trip_set in cuts.sets.items() if row < len(prices) and prices[row] < 0)
    return tuple(Chain(each.trips, int(np.ceil(-price * UNITS)), not each.ordered) for each, price in priced)


def _left_uncovered(cover: VertexCover, n: int) -> Floats:
    worth = np.ones(n)
    worth[cover.tails] -= 1
    worth[cover.heads] -= 1
    return worth


def _rounded(worth: Floats) -> tuple[int, ...]:
    return tuple(np.floor(worth * UNITS).astype(np.int64).tolist())
