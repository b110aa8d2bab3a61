"""Bounds as a proof has them: each as prices of trips (`tutti.fleet.proof`), whatever it was found by."""

from collections.abc import Sequence
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


def by_links(weights: Weights, cuts: Cuts, prices: pricing.Prices, buses: int, unit: int) -> Step:
    """Prices of the programme over links of one type, which says what plans with exactly so many buses weigh.

    A block's links cost what their rows are worth, or more, and its end no less than nothing: so it is worth what the
    rows of its trips and that of the fleet are worth, or less. unit: what a bus costs.
    """
    worth = prices.tail + prices.head + at_trips(cuts, prices.cut, weights.arcs.n, paths=False)
    worth += weights.alone_min - weights.slack_min / max(1, weights.arcs.n)
    weight = weights.most_deadhead() + 1
    of_buses = {_ALL_BUSES: int(np.floor((weight + prices.fleet) * UNITS))}
    exactly = Prices(_rounded(worth), of_buses, _chains(cuts, prices.cut))
    return Step(Split(_ALL_BUSES, buses, exactly, Prices((), {_ALL_BUSES: weight * UNITS})), weight, unit)


def by_prices(
    vehicles: Vehicles, weights: Weights, worth: Floats, fleet: Floats, cuts: tuple[Cuts, Floats] | None = None
) -> Prices:
    """What each trip and one more of each amount of a fleet is worth in a programme of several kinds of bus.

    cuts: of a programme over links, with their prices.
    """
    if cuts is not None:
        worth = worth + at_trips(*cuts, vehicles.n, paths=False)
    amounts = {
        amount: int(np.floor(price * UNITS))
        for amount, price in zip(vehicles.counted, fleet.tolist(), strict=True)
        if price
    }
    chains = () if cuts is None else _chains(*cuts)
    return Prices(_rounded(worth - weights.slack_min / max(1, vehicles.n)), amounts, chains)


def at_trips(cuts: Cuts, prices: Floats, n: int, *, paths: bool = True) -> Floats:
    """Prices of cuts, as far as there are, as prices of the trips that they are at (n,).

    A block meets each threshold at most once, and has as many links of a path or cycle as it leaves trips of it by
    them. That loses as much as each path is worth. paths: theirs, too.
    """
    worth = np.zeros(n)
    is_priced = cuts.row < len(prices)
    np.add.at(worth, cuts.node[is_priced], prices[cuts.row[is_priced]])
    for row, trip_set in cuts.sets.items():
        if row < len(prices) and (paths or not trip_set.ordered):
            worth[list(trip_set.trips[:-1])] += prices[row]
    return worth


def _chains(cuts: Cuts, prices: Floats) -> tuple[Chain, ...]:
    """Paths that windows forbid, as far as they have prices."""
    priced = ((trip_set, prices[row]) for row, trip_set in cuts.sets.items() if row < len(prices) and prices[row] < 0)
    return tuple(Chain(each.trips, int(np.ceil(-price * UNITS))) for each, price in priced if each.ordered)


def _left_uncovered(cover: VertexCover, n: int) -> Floats:
    worth = np.ones(n)
    worth[cover.tails] -= 1
    worth[cover.heads] -= 1
    return worth


def _rounded(worth: Floats) -> tuple[int, ...]:
    return tuple(np.floor(worth * UNITS).astype(np.int64).tolist())
