"""The linear relaxation with its cuts, tightened until it proves a plan or has nothing left to say."""

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.bounds import evidence
from tutti.optimizer.bounds.pricing import Prices, Pricing, price, rounded_up
from tutti.optimizer.links.columns import least_of_each
from tutti.optimizer.links.master import Master
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.chains import feasible_pieces
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search

_USED = 1e-7
_INTEGRAL = 1e-6


class Relaxation:
    """The LP over connections with all its cuts, priced over all n * n of them."""

    def __init__(self, search: Search, weights: Weights, master: Master) -> None:
        self.search = search
        self.arcs = weights.arcs
        self.weights = weights
        self.master = master
        self._dearest = weights.most_deadhead()

    def converge(self) -> None:
        """Cut and price until the best plan is proven or nothing is left to add; publishes bounds and plans."""
        while True:
            self.solve_with_cuts()
            if self.is_integral():
                self.search.offer(self.arcs, feasible_pieces(self.arcs, self.links(0.5)))
            pricing = self.price()
            self._prove_deadhead(pricing)
            if self.search.is_proven:
                return
            if not self._dispute_buses(pricing) and not self._add_columns(pricing):
                return

    def _prove_deadhead(self, pricing: Pricing) -> None:
        buses = self.master.buses
        if self.search.prove_deadhead(self.search.level_of(buses), rounded_up(pricing.value, self.weights)):
            self._show([buses], pricing)

    def _show(self, counts: Iterable[int], pricing: Pricing) -> None:
        """What these prices of now say of plans with so many buses, for each of these numbers."""
        worth = evidence.by_links(self.weights, self.master.cuts, self.prices(), pricing.missing)
        weight, unit = self.weights.most_deadhead() + 1, self.search.level_of(1)
        for buses in counts:
            self.search.show(f"deadhead of {buses} buses by links", evidence.of_buses(worth, buses, weight, unit))

    def _add_columns(self, pricing: Pricing) -> bool:
        """Add columns unless the bound already says all that the LP could say without any missing one."""
        known, best_possible = self.search.bound, rounded_up(self.master.objective, self.weights)
        settled = known.buses == self.master.buses and (known.deadhead_min or 0) >= best_possible
        return not settled and self.add_some(pricing)

    def solve_with_cuts(self) -> None:
        """Solve the LP until no inequality that we can find is violated."""
        while True:
            self.solve()
            if not self.master.cuts.add_violated(*self.used_links()):
                return
            self.master.add_cut_rows()

    def solve(self) -> None:
        """Solve the LP as it is; leaves by `Stopped` if the stopping rule says so."""
        self.search.solving(self.master.solve)

    def prices(self) -> Prices:
        """The row prices of the last LP."""
        return Prices.of(self.master.row_price, self.arcs.n, self.master.penalty_min)

    def price(self) -> Pricing:
        """Price all connections with the LP's row prices."""
        return price(self.weights, self.master.cuts, self.prices(), self.master.buses)

    def used_links(self) -> tuple[Ints, Ints, Floats]:
        """(tail, head, value) of the links that are used."""
        used = np.flatnonzero(self.master.value > _USED)
        return self.master.tail[used], self.master.head[used], self.master.value[used]

    def is_integral(self) -> bool:
        """Every link is used wholly or not at all."""
        value = self.master.value
        return bool((np.minimum(value, 1 - value) < _INTEGRAL).all())

    def links(self, least: float) -> Ints:
        """Successor array of the links with a value above `least` (>= 0.5)."""
        successor = np.full(self.arcs.n, NONE, dtype=np.int64)
        strong = self.master.value > least
        successor[self.master.tail[strong]] = self.master.head[strong]
        return successor

    def _dispute_buses(self, pricing: Pricing) -> bool:
        """Whether to solve the LP again: with more buses, as so few are refuted, or with a dearer extra bus."""
        master = self.master
        if pricing.value > self._dearest + 1:
            more = max(1, math.ceil((pricing.value - self._dearest - 1) / master.penalty_min))
            self._show(range(master.buses, master.buses + more), pricing)
            master.set_buses(master.buses + more)
            self.search.prove_buses(master.buses)
            return True
        if master.extra > _INTEGRAL and not len(pricing.tail):
            master.raise_penalty()
            return True
        return False

    def price_in(self, allows: Callable[[Ints, Ints], NDArray[np.bool_]]) -> bool:
        """Price all connections and add some of those that `allows` says may be used; False if there are none."""
        pricing = self.price()
        return self.add_some(pricing, allows(pricing.tail, pricing.head))

    def add_some(self, pricing: Pricing, among: NDArray[np.bool_] | None = None) -> bool:
        """Add the few most negative columns of each tail and head, of those in the mask `among`; False if none are."""
        tail, head, cost = pricing.tail, pricing.head, pricing.reduced_cost
        if among is not None:
            tail, head, cost = tail[among], head[among], cost[among]
        chosen = np.union1d(least_of_each(tail, cost), least_of_each(head, cost))
        self.master.add_arcs(tail[chosen], head[chosen])
        return len(chosen) > 0
