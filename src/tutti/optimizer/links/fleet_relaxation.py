"""The linear relaxation of a whole fleet with its cuts, priced over all connections of all kinds of bus."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.proof import Prices, Step
from tutti.optimizer.bounds.evidence import at_trips, by_prices
from tutti.optimizer.links.columns import least_of_each
from tutti.optimizer.links.fleet_lp import FleetLP, FleetPrices
from tutti.optimizer.links.fleet_pricing import FleetPricing, arcs_below, price_fleet
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.chains import feasible_pieces
from tutti.optimizer.state.search import Search

_USED = 1e-7
_INTEGRAL = 1e-6
_ROUNDING = 1e-4  # of sums of some million minutes in floating point
_LITTLE = 2e-7  # gain of a round of cuts, of the value, that is not worth another round on a large day
_LARGE = 400  # trips


class FleetRelaxation:
    """Tightened until it proves a plan or has nothing left to say; publishes bounds on both levels and plans."""

    def __init__(self, search: Search, master: FleetLP, undriven: int = 0) -> None:
        """undriven: units that any plan costs without the minutes between its trips."""
        self.search = search
        self.master = master
        self.arcs = master.weights.arcs
        self.weights = master.weights
        self._dearest = master.vehicles.weight * master.vehicles.dearest + master.vehicles.most_deadhead
        self._undriven = undriven
        self.value = -math.inf  # the best bound on the sum of weights

    def converge(self) -> None:
        """Price until nothing is missing, then cut, and again, until neither has anything to add."""
        self._tighten()
        self._show()

    def _tighten(self) -> None:
        before = -math.inf
        while True:
            self._price_all()
            self._prove()
            if self.is_integral():
                self.search.offer(self.arcs, feasible_pieces(self.arcs, self.links(0.5)))
            if self.search.is_proven:
                return
            little = self.arcs.n > _LARGE and self.master.objective - before < _LITTLE * abs(self.master.objective)
            if little and not self._require_level():
                return
            before = self.master.objective
            if not self._cut() and not self._require_level():
                return

    def _price_all(self) -> None:
        while True:
            self.solve()
            pricing = self.price()
            self.value = max(self.value, pricing.value)
            is_too_cheap = self.master.left_out > _INTEGRAL and pricing.value < self._dearest
            if not self.add_some(pricing) and not (is_too_cheap and self.master.raise_penalty()):
                return

    def _prove(self) -> None:
        """What the value says of both levels: weight * level + deadhead + tie-breaks of any plan is no less."""
        vehicles = self.master.vehicles
        whole, least = self._whole(self.value), self._least_level(self.value)
        if least > vehicles.dearest:
            self.search.refute("the fleet has too few buses for these routes, whatever the blocks")
        self.search.prove_level(least * vehicles.unit)
        level = self.search.bound.first_level // vehicles.unit
        self.search.prove_deadhead(level * vehicles.unit, max(0, whole - vehicles.weight * level))

    def _whole(self, value: float) -> int:
        return math.ceil(value - self.weights.slack_min - _ROUNDING)

    def _least_level(self, value: float) -> int:
        vehicles = self.master.vehicles
        undriven = max(self._undriven, int(vehicles.fixed.min()) * self.search.bound.buses)
        return vehicles.least_level(self._whole(value), undriven)

    def can_tell(self, value: float) -> bool:
        """Whether more would be proven of the first level if no plan had a lower sum of weights than this."""
        return self._least_level(value) * self.master.vehicles.unit > self.search.bound.first_level

    def learn(self, value: float) -> int | None:
        """Take it that no plan has a lower sum of weights; the least level that follows, None if that is no news."""
        before = self.search.bound.first_level
        self.value = max(self.value, value)
        self._prove()
        return self.fixed_level if self.search.bound.first_level > before else None

    @property
    def fixed_level(self) -> int | None:
        """What all buses cost at least as is proven, in units; None where minutes cost something, too."""
        vehicles = self.master.vehicles
        if vehicles.per_deadhead.any() or vehicles.per_service.any():
            return None
        return -(-self.search.bound.first_level // vehicles.unit)

    def _require_level(self) -> bool:
        """Let the LP know what is proven of the first level, if that is more than its own; whether it was."""
        if self.master.left_out > _INTEGRAL:  # there may be no blocks that cost so much
            return False
        level = self.fixed_level
        if level is None or self.search.is_proven:
            return False
        used = float(self.master.start @ self.master.vehicles.fixed[self.master.pair_kind])
        if level <= max(used + _INTEGRAL, self.master.level):
            return False
        self._show()
        self.master.require_level(level)
        return True

    def _show(self) -> None:
        """The prices of now, in the place of those at the same required level."""
        step = Step(self.evidence(), self.master.vehicles.weight, self.master.vehicles.unit)
        self.search.show(f"cost by links, from {max(0.0, self.master.level):.0f} units on", step)

    def evidence(self) -> Prices:
        """The prices of now as a proof has them."""
        prices, cuts = self.prices(), self.master.cuts
        return by_prices(self.master.vehicles, self.weights, prices.cover, self._of_fleet(prices), (cuts, prices.cut))

    def projected(self) -> tuple[Floats, Floats]:
        """Prices of trips (n,) and of amounts of the fleet (R,) at which no block is cheaper than what it is worth."""
        prices = self.prices()
        return prices.cover + at_trips(self.master.cuts, prices.cut, self.arcs.n), self._of_fleet(prices)

    def _of_fleet(self, prices: FleetPrices) -> Floats:
        fleet = np.zeros(len(self.master.vehicles.amounts))
        fleet[: len(prices.count)], fleet[-1] = prices.count, prices.level
        return fleet

    def solve_with_cuts(self) -> None:
        """Solve the LP until no inequality that we can find is violated."""
        self.solve()
        while self._cut():
            self.solve()

    def solve(self) -> None:
        """Solve the LP as it is; leaves by `Stopped` if the stopping rule says so."""
        self.search.solving(self.master.solve)

    def _cut(self) -> bool:
        if not self.master.cuts.add_violated(*self.used_links()):
            return False
        self.master.add_cut_rows()
        return True

    def price(self) -> FleetPricing:
        """Price all connections of all kinds with the LP's row prices."""
        return price_fleet(self.master, self.prices())

    def prices(self) -> FleetPrices:
        """The LP's row prices as a bound needs them."""
        return self.master.prices.clipped(self.master.end_cost)

    def price_in(self, allows: Callable[[Ints, Ints], NDArray[np.bool_]]) -> bool:
        """Price all connections and add some of those that `allows` says may be used; False if there are none."""
        pricing = price_fleet(self.master, self.master.prices)  # an end that is forbidden may have any price
        return self.add_some(pricing, allows(pricing.tail, pricing.head))

    def add_some(self, pricing: FleetPricing, among: NDArray[np.bool_] | None = None) -> bool:
        """Add the few most negative columns of each pair, of those in the mask `among`; False if there are none."""
        inside = np.ones(len(pricing.tail), dtype=bool) if among is None else among
        tail, head, kind = pricing.tail[inside], pricing.head[inside], pricing.kind[inside]
        cost = pricing.reduced_cost[inside]
        pair = self.master.pair
        chosen = np.union1d(least_of_each(pair[kind, tail], cost), least_of_each(pair[kind, head], cost))
        self.master.add_arcs(tail[chosen], head[chosen], kind[chosen])
        return len(chosen) > 0

    def used_links(self) -> tuple[Ints, Ints, Floats]:
        """(tail, head, value) of the links that are used, all kinds together."""
        used = np.flatnonzero(self.master.value > _USED)
        code = self.master.tail[used] * self.arcs.n + self.master.head[used]
        code, index = np.unique(code, return_inverse=True)
        value: Floats = np.bincount(index, self.master.value[used], minlength=len(code)).astype(np.float64)
        return code // self.arcs.n, code % self.arcs.n, value

    def is_integral(self) -> bool:
        """Every link is used wholly or not at all."""
        value = self.used_links()[2]
        return bool((np.minimum(value, 1 - value) < _INTEGRAL).all())

    def undecided_trips(self) -> NDArray[np.bool_]:
        """Which trips have a link that is used in part, shape (n,)."""
        tail, head, value = self.used_links()
        is_part = np.minimum(value, 1 - value) > _INTEGRAL
        trips = np.zeros(self.arcs.n, dtype=bool)
        trips[tail[is_part]] = trips[head[is_part]] = True
        return trips

    def links(self, least: float) -> Ints:
        """Successor array of the links with a value above `least` (>= 0.5)."""
        tail, head, value = self.used_links()
        successor = np.full(self.arcs.n, NONE, dtype=np.int64)
        successor[tail[value > least]] = head[value > least]
        return successor

    def near_arcs(self, prices: FleetPrices, limit: float) -> list[tuple[Ints, Ints]]:
        """For each kind tails and heads of all connections with a reduced cost of less than `limit`."""
        near = []
        for kind in range(self.master.vehicles.size):
            self.search.poll()
            near.append(arcs_below(self.master, prices, kind, limit)[:2])
        self.search.poll()
        return near
