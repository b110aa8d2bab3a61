"""What a proof proves, worked out again from the routes and travel times alone: no solver, no code of the optimizer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations

import numpy as np

from tutti.fleet.fleet_costs import FleetCosts
from tutti.fleet.plan import Bound
from tutti.fleet.priced_blocks import NEVER, Ints
from tutti.fleet.problem import Problem
from tutti.fleet.proof import UNITS, Amount, Case, Chain, Others, Prices, Proof, Split, Step


def proven_bound(problem: Problem, proof: Proof) -> Bound:
    """The bound that a proof gives for `problem`, whichever it was made for: no plan that drops nothing is below it.

    It ignores breaks and the longest block, so it may say less than is known, but nothing wrong.
    """
    known = Bound(min(1, len(problem.trips)), cost=0 if problem.has_costs else None)
    counted = FleetCosts(problem, counts_buses=True)
    if not counted.can_run_all:
        return known
    by_cost = FleetCosts(problem, counts_buses=False) if problem.has_costs else counted
    priced = _Places.of(problem, proof)
    for step in proof.steps.values():
        fleet = counted if step.unit is None else by_cost
        ratio, left = divmod(step.unit or 1, fleet.unit)
        if not left:
            known = _Argument(fleet, step.weight, ratio, priced, known).after(step)
    return known


@dataclass(frozen=True, slots=True)
class _Places:
    """The place of each trip's price in a proof, the one after all where it has none; and the trip at each place."""

    of_trip: Ints
    trip_at: Mapping[int, int]

    @classmethod
    def of(cls, problem: Problem, proof: Proof) -> "_Places":
        place_of = {name: place for place, name in enumerate(proof.routes)}
        of_trip = [place_of.get(trip.id, len(place_of)) for trip in problem.trips]
        return cls(np.array(of_trip, dtype=np.int64), {place: trip for trip, place in enumerate(of_trip)})

    def prices(self, prices: Prices) -> Ints:
        """What each trip is worth."""
        values = np.array([*prices.routes, 0], dtype=np.int64)
        return values[np.minimum(self.of_trip, len(values) - 1)]

    def chain(self, chain: Chain) -> list[int] | None:
        """The trips of a chain, None if some are unknown."""
        trips = [self.trip_at.get(place) for place in chain.routes]
        known = [trip for trip in trips if trip is not None]
        return known if len(known) == len(trips) >= 2 else None


@dataclass(frozen=True, slots=True)
class _Limits:
    """Least and most of some amounts of a fleet."""

    at_least: Mapping[Amount, int] = field(default_factory=dict)
    at_most: Mapping[Amount, int] = field(default_factory=dict)

    def sides(self, split: Split) -> tuple["_Limits", "_Limits"]:
        """With what holds on each side of a split."""
        amount, most = split.amount, split.at_most
        within = {**self.at_most, amount: min(most, self.at_most.get(amount, most))}
        beyond = {**self.at_least, amount: max(most + 1, self.at_least.get(amount, 0))}
        return replace(self, at_most=within), replace(self, at_least=beyond)


class _Argument:
    """A step: what plans weigh at least, by a fleet and by what is known before it.

    weight: minutes of deadhead for a unit of the step; 0: only the first level counts. ratio: how many units of the
    fleet that is. All is counted in parts of a minute, `ratio` * UNITS of them, so that it comes out whole.
    """

    def __init__(self, fleet: FleetCosts, weight: int, ratio: int, places: _Places, known: Bound) -> None:
        self._fleet = fleet
        self._known = known
        self._places = places
        self._weight = weight
        self._ratio = ratio
        self._parts = ratio * UNITS
        self._per_unit = max(1, weight) * UNITS
        self._per_minute = self._per_unit * fleet.per_deadhead + (self._parts if weight else 0)
        self._links = fleet.links

    def after(self, step: Step) -> Bound:
        """What is known with it."""
        others = step.others
        if not all(map(self._is_exact, step.all_prices())) or (others is not None and not self._leave_out(others)):
            return self._known
        least = self._least(step.cases, _Limits())
        if least is None:
            return self._known
        return self._concluded(least if others is None else min(least, others.weight * self._parts))

    def _is_exact(self, prices: Prices) -> bool:
        """Whether no block can cost or be worth so much that it doesn't fit; one has a trip a minute at most."""
        fleet, links = self._fleet, self._links[0]
        minutes = int(links.latest.max() - links.earliest.min()) + 1
        dearer = sum(price for _, price, _ in self._dearer(prices))
        drive = int(self._per_minute.max()) * int(fleet.travel.max()) + dearer
        run = self._per_unit * int(fleet.per_service.max()) * int(fleet.duration.max())
        worth = self._ratio * max(map(abs, prices.routes), default=0)
        buses = sum(abs(price) * int(self._added_to(amount).max()) for amount, price in prices.fleet.items())
        pulls = int(self._per_minute.max()) * int(fleet.out.max() + fleet.back.max())
        once = self._per_unit * int(fleet.fixed.max()) + buses + pulls
        return minutes * (drive + run + worth) + once < NEVER // 8

    def _leave_out(self, others: Others) -> bool:
        """Links of which each plan weighs so much or more, and whether that is known."""
        value = self._least(others.prices, _Limits())
        if value is None:
            return False
        kept = []
        for kind, links in enumerate(self._links):
            begin, own, cost, end = self._costs(kind, others.prices)
            before, after = links.cheapest(begin, own, cost), links.mirrored().cheapest(end, own, cost.T)
            kept.append(links.only(value + links.through(before, after, cost) < others.weight * self._parts))
        self._links = kept
        return True

    def _least(self, case: Case, limits: _Limits) -> int | None:
        """No plan within the limits weighs less; None if the prices say nothing of them."""
        if isinstance(case, Split):
            sides = [self._least(*each) for each in zip((case.within, case.beyond), limits.sides(case), strict=True)]
            known = [each for each in sides if each is not None]
            return min(known) if len(known) == len(sides) else None
        worth = [self._worth(amount, price, limits) for amount, price in case.fleet.items()]
        known = [each for each in worth if each is not None]
        if len(known) < len(worth):
            return None
        by_last = np.min([self._by_last(kind, case) for kind in range(len(self._links))], axis=0)
        missing: int = sum(by_last.clip(max=0).tolist())  # each trip ends one block at most
        dearer = sum(most * price for _, price, most in self._dearer(case))
        return int(sum(self._prices_of(case).tolist())) + sum(known) + missing - dearer

    def _worth(self, amount: Amount, price: int, limits: _Limits) -> int | None:
        """What plans have of an amount is worth so much at least; None if there is no telling."""
        if price >= 0:
            return price * max(self._ratio * limits.at_least.get(amount, 0), self._known_least(amount))
        found = [limits.at_most.get(amount), self._fleet.counts.get(amount.of_type or "")]
        most = min((each for each in found if each is not None), default=None)
        return None if most is None else price * self._ratio * most

    def _known_least(self, amount: Amount) -> int:
        fleet, added = self._fleet, self._added_to(amount)
        least = self._known.buses * int(added.min())
        if self._known.cost is not None and not fleet.pays_by_minute and amount.is_cost:
            least = max(least, -(-self._known.cost // fleet.unit))
        return least

    def _added_to(self, amount: Amount) -> Ints:
        """What a bus of each kind adds to it, times `ratio` (V,)."""
        fleet = self._fleet
        if amount.is_cost:
            return fleet.fixed
        added: Ints = self._ratio * np.array([amount.counts(each) for each, _ in fleet.kinds], dtype=np.int64)
        return added

    def _by_last(self, kind: int, prices: Prices) -> Ints:
        """What the cheapest block that ends with each trip costs, less what it is worth."""
        begin, own, cost, end = self._costs(kind, prices)
        links = self._links[kind]
        best = links.cheapest(begin, own, cost)
        by_last: Ints = best[np.arange(len(end)), links.width] + end
        return by_last

    def _costs(self, kind: int, prices: Prices) -> tuple[Ints, Ints, Ints, Ints]:
        """Of a block's begin at each trip, of the trip, of each link, of a block's end; less what they are worth."""
        fleet, per_minute = self._fleet, int(self._per_minute[kind])
        worth = sum(price * int(self._added_to(amount)[kind]) for amount, price in prices.fleet.items())
        begin = int(fleet.fixed[kind]) * self._per_unit - worth + per_minute * fleet.out[kind]
        begin[~fleet.able[kind]] = NEVER
        own = int(fleet.per_service[kind]) * self._per_unit * fleet.duration - self._prices_of(prices)
        cost = per_minute * fleet.travel
        for links, price, _ in self._dearer(prices):
            for tail, head in links:
                cost[tail, head] += price
        return begin, own, cost, per_minute * fleet.back[kind]

    def _prices_of(self, prices: Prices) -> Ints:
        return self._ratio * self._places.prices(prices)

    def _dearer(self, prices: Prices) -> Iterator[tuple[Iterable[tuple[int, int]], int, int]]:
        """(links, what each costs more, how many of them a plan has at most) of each ring, and chain that none runs."""
        links = self._fleet.links[0]
        for chain in prices.chains:
            trips = self._places.chain(chain)
            if trips is None or chain.price <= 0:
                continue
            if chain.is_ring:
                yield permutations(trips, 2), self._ratio * chain.price, len(trips) - 1
            elif not links.allow(trips):
                yield combinations(trips, 2), self._ratio * chain.price, len(trips) - 2

    def _concluded(self, least: int) -> Bound:
        """What it says of the levels that no plan weighs less."""
        fleet, weight, parts = self._fleet, self._weight, self._parts
        if not weight:
            return self._with_level(-(-least // UNITS))
        level = -(-(least - fleet.most_deadhead * parts) // self._per_unit)
        paid = int(fleet.per_deadhead.min())
        if paid:  # deadhead is no more than what the cost leaves for it beside buses and service
            others = int(fleet.fixed.min()) * self._known.buses + fleet.least_service
            level = max(level, -(-(paid * least + others * parts) // (paid * self._per_unit + parts)))
        known = self._with_level(level)
        if known.cost is not None and fleet.counts_buses:
            return known  # deadhead is told of the least cost
        left = least - self._per_unit * -(-known.first_level // fleet.unit)
        return replace(known, deadhead_min=max(known.deadhead_min or 0, -(-left // parts)))

    def _with_level(self, level: int) -> Bound:
        """What is known if no plan has fewer units of what the fleet counts."""
        fleet, known = self._fleet, self._known
        buses, cost = known.buses, known.cost
        if fleet.counts_buses:
            buses = max(buses, level)
        else:
            cost = max(cost or 0, level * fleet.unit)
            if not fleet.pays_by_minute and fleet.fixed.any():
                buses = max(buses, -(-level // int(fleet.fixed.max())))
        if cost is not None:
            cost = max(cost, buses * fleet.cheapest)
        is_same_level = (known.buses if cost is None else known.cost) == (buses if cost is None else cost)
        return Bound(buses, known.deadhead_min if is_same_level else None, cost)
