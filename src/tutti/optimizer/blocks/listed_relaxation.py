"""The linear programme over a list of blocks, made stronger by inequalities on odd sets of trips, which shortens it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.block_choice import Choice, choose_blocks, coefficients
from tutti.optimizer.blocks.block_lp import BlockPrices
from tutti.optimizer.blocks.block_pricing import NEGATIVE
from tutti.optimizer.blocks.fleet_tree import Leaf
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.odd_sets import Together, most_pairs, pairs_in
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.simplex import Simplex

_FIRST = 10  # columns for each trip that the programme begins with
_EACH = 2  # for each trip that it gets at a time
_USED = 1e-6
_ITERATIONS = 20_000  # after which no more inequalities are looked for
_LITTLE = 0.02  # weighted minutes that a round has to gain


class ListedRelaxation:
    """min sum cost_p z_p;  each trip is in one block;  limits of the fleet;  pairs of odd sets of trips.

    Set partitioning with subset-row cuts.

    blocks: the list, as far as plans need it that weigh no more than a goal. value: what the last prices prove: no plan
    of the blocks that were allowed weighs less. losses: of these blocks, their reduced costs.
    """

    def __init__(
        self, search: Search, blocks: ListedBlocks, vehicles: Vehicles, leaf: Leaf, *, penalty: float, seed: int
    ) -> None:
        """leaf: limits of the fleet, and prices to begin with. penalty: what it weighs to break a limit by one."""
        self.blocks = blocks
        self.value = leaf.value
        self.losses = blocks.losses(leaf.prices, vehicles)
        self._search = search
        self._vehicles = vehicles
        self._limits = leaf.limits
        self._odd_sets: list[Ints] = []
        self._pairs: list[NDArray[np.int8]] = []  # for each of them how many pairs of it each block holds
        self._columns = blocks.at(np.zeros(0, dtype=np.int64))
        self._number: Ints = np.zeros(0, dtype=np.int64)  # of each column in the list, NONE if it is there no more
        self._seed = seed
        self._simplex = Simplex(seed, search.wants_stop)
        self._begin(penalty)
        cheapest = np.argsort(self.losses, kind="stable")[: _FIRST * vehicles.n]
        self._add(np.union1d(cheapest, blocks.found_in(ListedBlocks.of(leaf.used), vehicles.n)))

    def _begin(self, penalty: float) -> None:
        """Rows of trips and of the fleet, and a column for each that breaks its limit."""
        n, least, most = self._vehicles.n, self._limits.least, self._limits.most
        self._simplex.begin(np.r_[np.ones(n), least], np.r_[np.ones(n), most])
        short, over = np.flatnonzero(least > 0), np.flatnonzero(np.isfinite(most))
        row = np.r_[np.arange(n), n + short, n + over]
        sign = np.r_[np.ones(n + len(short)), -np.ones(len(over))]
        self._breaking = len(row)
        self._simplex.add_columns(np.full(len(row), penalty), np.arange(len(row)), row, sign)

    def tighten(
        self, goal: Callable[[], float], take: Callable[[ListedBlocks], None], patience: int
    ) -> Together | None:
        """Until the value is above the goal, or no more inequalities are found, or they have gained little for long.

        goal: what plans weigh at most that are looked for. take: gets the plan that was found. patience: rounds of
        little gain, one after another. None if the solution is a plan, else which trips are together.
        """
        before, in_vain = -np.inf, 0
        while True:
            together = self.solve(np.arange(len(self.blocks)), take)
            self._shorten(self.losses <= goal() - self.value)
            if together is None or self.value > goal():
                break
            in_vain = in_vain + 1 if self.value < before + _LITTLE else 0
            is_long = in_vain >= patience or self.iterations > _ITERATIONS
            if is_long or not self.cut(together):
                break
            before = max(before, self.value)
        return together

    def solve(self, allowed: Ints, take: Callable[[ListedBlocks], None]) -> Together | None:
        """Solve over the blocks with these numbers. None if the solution is a plan, which `take` gets.

        Columns are added until no allowed block has a negative reduced cost.
        """
        is_allowed = np.zeros(len(self.blocks) + 1, dtype=bool)
        is_allowed[allowed] = True
        upper = np.r_[np.ones(self._breaking), is_allowed[self._number]]
        self._simplex.bound_above(np.where(upper > 0, np.inf, 0.0), tighter=True)
        while True:
            self._search.solving(self._simplex.solve)
            self._price(allowed)
            is_allowed[self._number] = False
            missing = np.flatnonzero((self.losses < -NEGATIVE) & is_allowed[allowed])
            if not len(missing):
                break
            cheapest = missing[np.argsort(self.losses[missing], kind="stable")[: _EACH * self._vehicles.n]]
            self._add(allowed[cheapest])
        used = self._simplex.columns
        is_whole = np.minimum(used, np.abs(1 - used)) < _USED
        used = np.where(is_whole, np.round(used), used)
        if is_whole.all() and not used[: self._breaking].any():
            take(self._columns.at(used[self._breaking :] == 1))
            return None
        return Together.of(self._columns.trips, used[self._breaking :])

    @property
    def iterations(self) -> int:
        """Of the simplex method so far."""
        return self._simplex.iterations

    def choose(self, allowed: Ints, nodes: int) -> Choice:
        """The best plan of the blocks with these numbers, as far as so many nodes of branch and bound get."""
        choice = choose_blocks(
            self.blocks.at(allowed), self._vehicles, self._limits, cover=self._prices()[0].cover,
            odd_sets=self._odd_sets, nodes=nodes, seed=self._seed, wants_stop=self._search.wants_stop,
        )  # fmt: skip
        self._search.poll()
        return choice

    def cut(self, together: Together) -> bool:
        """One more row for each inequality on an odd set of trips that is found broken; whether there is any."""
        odd_sets = together.violated_sets()
        self._odd_sets += odd_sets
        self._pairs += [self.blocks.pairs_of(trips) for trips in odd_sets]
        if odd_sets:
            row, column, pairs = pairs_in(odd_sets, self._columns)
            self._simplex.add_rows(most_pairs(odd_sets), row, self._breaking + column, pairs)
        return len(odd_sets) > 0

    def _price(self, allowed: Ints) -> None:
        """The reduced costs of these blocks, and what the prices prove."""
        prices, cuts = self._prices()
        self.losses = self.blocks.at(allowed).losses(prices, self._vehicles)
        extra = np.zeros(len(self.blocks))
        for number in np.flatnonzero(cuts):
            extra -= cuts[number] * self._pairs[number]
        self.losses += extra[allowed]
        priced = np.flatnonzero(prices.fleet)
        limit = np.where(prices.fleet > 0, self._limits.least, self._limits.most)[priced]
        value = prices.cover.sum() + limit @ prices.fleet[priced] + cuts @ most_pairs(self._odd_sets)
        value += self._vehicles.n * min(0.0, self.losses.min(initial=0.0))  # no plan has more blocks than trips
        self.value = float(value)

    def _prices(self) -> tuple[BlockPrices, Floats]:
        """The row prices of the last solution with the signs that a bound needs: of trips and fleet, of odd sets."""
        n, rows = self._vehicles.n, self._vehicles.n + len(self._limits.least)
        cover, fleet, cuts = np.split(self._simplex.prices, [n, rows])
        fleet = np.where(np.isinf(self._limits.most), fleet.clip(min=0), fleet)
        return BlockPrices(cover, fleet), cuts.clip(max=0)

    def _add(self, numbers: Ints) -> None:
        """These blocks of the list as columns."""
        new = self.blocks.at(numbers)
        self._simplex.add_columns(new.cost, *coefficients(new, self._vehicles, self._odd_sets))
        self._columns = ListedBlocks.joined([self._columns, new])
        self._number = np.concatenate([self._number, numbers])

    def _shorten(self, stays: NDArray[np.bool_]) -> None:
        """Leave the other blocks out of the list."""
        number = np.r_[np.where(stays, np.cumsum(stays) - 1, NONE), NONE]
        self.blocks, self.losses, self._number = self.blocks.at(stays), self.losses[stays], number[self._number]
        self._pairs = [pairs[stays] for pairs in self._pairs]
