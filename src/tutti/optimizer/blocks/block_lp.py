"""The linear programme over whole blocks: which of those found so far cover all trips at the least cost.

min sum cost_p z_p;  cover_i: the blocks with trip i are 1 at least;  fleet_r: limits of what is counted of the fleet,
its buses by type or by what they cost. It is the restricted master problem of column generation for set covering
(Ribeiro, Soumis 1994); what is called prices are its dual values.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.model.chains import one_after_another
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.state.simplex import Simplex


@dataclass(frozen=True, slots=True)
class WeighedBlock:
    """Trips in driving order run by a kind of bus, and what that weighs.

    It may repeat a trip where windows are wide: no bus runs such a block, but the bound has to reckon with it.
    """

    kind: int
    trips: tuple[int, ...]
    cost: float

    @property
    def repeats(self) -> bool:
        """Whether it runs a trip more than once."""
        return len(set(self.trips)) < len(self.trips)


@dataclass(frozen=True, slots=True)
class BlockPrices:
    """What covering each trip is worth (n,), and one more of each amount of a fleet (R,)."""

    cover: Floats
    fleet: Floats

    def towards(self, other: "BlockPrices", share: float) -> "BlockPrices":
        """That share of the way to other prices."""
        own = 1 - share
        return BlockPrices(own * self.cover + share * other.cover, own * self.fleet + share * other.fleet)

    def losses(self, vehicles: Vehicles, blocks: Sequence[WeighedBlock]) -> Floats:
        """What each block weighs more than it is worth: its reduced cost."""
        trips, number = one_after_another([block.trips for block in blocks])
        worth = np.bincount(number, self.cover[trips], len(blocks))
        begin = self.begin(vehicles)[[block.kind for block in blocks]]
        losses: Floats = np.array([block.cost for block in blocks]) - worth - begin
        return losses

    def begin(self, vehicles: Vehicles) -> Floats:
        """What a block is worth whatever its trips, by kind."""
        worth: Floats = self.fleet @ vehicles.amounts
        return worth


@dataclass(frozen=True, slots=True)
class FleetLimits:
    """Least and most of each amount of a fleet (R,), infinite where there is no limit."""

    least: Floats
    most: Floats

    @classmethod
    def of(cls, lp: FleetLP) -> "FleetLimits":
        """The count of each type, and the level that is required."""
        vehicles, types = lp.vehicles, len(lp.vehicles.count)
        least, most = np.zeros(len(vehicles.amounts)), np.full(len(vehicles.amounts), np.inf)
        least[-1] = max(0.0, lp.level)
        most[:types] = np.where(vehicles.count < lp.n, vehicles.count, np.inf)
        return cls(least, most)

    def at_level(self, level: int) -> "FleetLimits":
        """With a fixed cost of so many units at least."""
        return FleetLimits(np.r_[self.least[:-1], float(level)], self.most)

    def split(self, row: int, value: float) -> tuple["FleetLimits", "FleetLimits"]:
        """With at most, and with more than, a fractional value of an amount."""
        least, most = self.least.copy(), self.most.copy()
        least[row], most[row] = np.ceil(value), np.floor(value)
        return FleetLimits(self.least, most), FleetLimits(least, self.most)


class BlockLP:
    """The LP, the blocks that are its columns, and its last solution; trips that are left out cost a penalty each."""

    def __init__(self, lp: FleetLP, *, seed: int, wants_stop: Callable[[], bool]) -> None:
        n, vehicles = lp.n, lp.vehicles
        self.blocks: list[WeighedBlock] = []
        self.limits = FleetLimits.of(lp)
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self._n = n
        self._amounts = vehicles.amounts
        self._trips: Ints = np.zeros(0, dtype=np.int64)  # of all blocks, one after another
        self._first: Ints = np.zeros(0, dtype=np.int64)  # where each block begins in it
        self._repeats: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._is_open = np.ones(n, dtype=bool)
        self._fixed: Sequence[WeighedBlock] = []
        self._simplex = Simplex(seed, wants_stop)
        self._lower, self._upper = self._row_limits()
        self._simplex.begin(self._lower, self._upper)
        self._penalty = lp.penalty
        self._simplex.add_columns(np.full(n, lp.penalty), np.arange(n), np.arange(n))

    def copy(self) -> "BlockLP":
        """The same programme, which gets blocks and limits of its own from now on."""
        twin = copy(self)
        twin.blocks, twin._known = self.blocks.copy(), self._known.copy()
        twin._simplex = self._simplex.copy()
        return twin

    def limit_prices(self, most: Floats) -> None:
        """Let covering a trip be worth so much at most, shape (n,): it may be left out for that, or for the penalty.

        Below 0 it is worth nothing: a trip may be covered more than once.
        """
        self._simplex.set_costs(np.arange(self._n), most.clip(0.0, self._penalty))

    @property
    def left_out(self) -> float:
        """How many trips the last solution leaves out."""
        return float(self._simplex.columns[: self._n].sum())

    def _row_limits(self) -> tuple[Floats, Floats]:
        taken = self._amounts[:, [block.kind for block in self._fixed]].sum(axis=1)
        lower = np.r_[self._is_open.astype(np.float64), self.limits.least - taken]
        return lower, np.r_[np.full(self._n, np.inf), self.limits.most - taken]

    def add(self, blocks: Iterable[WeighedBlock]) -> int:
        """New columns for the blocks that are not known yet; how many there were."""
        by_key = {(block.kind, block.trips): block for block in blocks}
        new = [block for key, block in by_key.items() if key not in self._known]
        if not new:
            return 0
        self._known.update(by_key)
        trips, number = one_after_another([block.trips for block in new])
        amounts = self._amounts[:, [block.kind for block in new]]
        row, of_block = np.nonzero(amounts)
        code, times = np.unique(number * self._n + trips, return_counts=True)
        columns, rows = np.r_[code // self._n, of_block], np.r_[code % self._n, self._n + row]
        values = np.concatenate([times, amounts[row, of_block]])
        self._simplex.add_columns(np.array([block.cost for block in new]), columns, rows, values)
        self.blocks += new
        self._first = np.concatenate([self._first, len(self._trips) + np.searchsorted(number, np.arange(len(new)))])
        self._trips = np.concatenate([self._trips, trips])
        self._repeats = np.concatenate([self._repeats, [block.repeats for block in new]])
        return len(new)

    def solve(self) -> None:
        """Solve from the last basis. Raises Interrupted, or SolverError if there is no solution to read."""
        self._simplex.solve()

    @property
    def objective(self) -> float:
        """The value of the last solution, without what is fixed."""
        return self._simplex.objective

    @property
    def prices(self) -> BlockPrices:
        """Row prices of the last solution."""
        cover, fleet = np.split(self._simplex.prices, [self._n])
        return BlockPrices(cover.clip(min=0), np.where(np.isinf(self._upper[self._n :]), fleet.clip(min=0), fleet))

    def worth(self, prices: BlockPrices) -> float:
        """The value that prices prove where no block is cheaper than they are worth, without what is fixed.

        prices: of this programme, or of one that allows more.
        """
        lower, upper = self._lower[self._n :], self._upper[self._n :]
        priced = np.flatnonzero(prices.fleet)
        limit = np.where(prices.fleet > 0, lower, upper)[priced]
        return float(prices.cover[self._is_open].sum() + limit @ prices.fleet[priced])

    @property
    def uses_repeats(self) -> bool:
        """Whether a block of the last solution runs a trip more than once."""
        return bool((self.value[self._repeats] > 0).any())

    @property
    def used(self) -> list[WeighedBlock]:
        """The blocks of the last solution."""
        return [self.blocks[number] for number in np.flatnonzero(self.value > 0).tolist()]

    @property
    def fleet(self) -> Floats:
        """Each amount of the fleet in the last solution, shape (R,)."""
        amounts: Floats = self._amounts[:, [block.kind for block in self.blocks]] @ self.value
        return amounts

    @property
    def value(self) -> Floats:
        """How much each block is used; 0 for those added since the last solve."""
        used = self._simplex.columns[self._n :]
        return np.concatenate([used, np.zeros(len(self.blocks) - len(used))])

    def limit_fleet(self, limits: FleetLimits) -> None:
        """Other limits of the fleet."""
        self.limits = limits
        self._limit_rows()

    def fix(self, fixed: Sequence[WeighedBlock], is_open: NDArray[np.bool_], *, may_repeat: bool = False) -> None:
        """Let only the open trips be covered, by blocks of open trips alone; `fixed` blocks use up their buses.

        may_repeat: blocks may run a trip more than once.
        """
        self._fixed, self._is_open = fixed, is_open.copy()
        upper = np.concatenate([np.full(self._n, np.inf), np.where(self._usable(may_repeat=may_repeat), np.inf, 0.0)])
        self._limit_rows()
        self._simplex.bound_above(upper, tighter=True)

    def forget_unusable(self) -> None:
        """Leave out blocks with a trip that is not open: the programme is solved sooner without them."""
        dropped = self._simplex.drop_columns(np.r_[np.zeros(self._n, dtype=bool), ~self._usable()])[self._n :]
        self.blocks = [block for block, is_gone in zip(self.blocks, dropped.tolist(), strict=True) if not is_gone]
        self._known = {(block.kind, block.trips) for block in self.blocks}
        self._trips, number = one_after_another([block.trips for block in self.blocks])
        self._first = np.searchsorted(number, np.arange(len(self.blocks)))
        self._repeats = self._repeats[~dropped]

    def _usable(self, *, may_repeat: bool = False) -> NDArray[np.bool_]:
        """Which blocks run open trips alone."""
        if not self.blocks:
            return np.zeros(0, dtype=bool)
        usable: NDArray[np.bool_] = np.logical_and.reduceat(self._is_open[self._trips], self._first)
        return usable & (may_repeat | ~self._repeats)

    def _limit_rows(self) -> None:
        self._lower, self._upper = self._row_limits()
        self._simplex.limit_rows(self._lower, self._upper)
