"""The linear programme over whole blocks: which of those found so far cover all trips at the least cost.

min sum cost_p z_p;  cover_i: the blocks with trip i are 1 at least;  count_t: at most so many blocks of type t;  level:
all blocks cost at least what is proven. (Ribeiro, Soumis 1994.)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.arcs import Floats, Ints
from tutti.optimizer.fleet_lp import FleetLP
from tutti.optimizer.simplex import Simplex
from tutti.optimizer.vehicles import Vehicles


@dataclass(frozen=True, slots=True)
class WeighedBlock:
    """Trips in driving order run by a kind of bus, and what that weighs."""

    kind: int
    trips: tuple[int, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class BlockPrices:
    """What covering each trip is worth (n,), what each bus of a type costs that has few (<= 0), what level is worth."""

    cover: Floats
    count: Floats
    level: float

    def towards(self, other: "BlockPrices", share: float) -> "BlockPrices":
        """That share of the way to other prices."""
        own = 1 - share
        cover, count = own * self.cover + share * other.cover, own * self.count + share * other.count
        return BlockPrices(cover, count, own * self.level + share * other.level)

    def loss(self, vehicles: Vehicles, block: WeighedBlock) -> float:
        """What the block weighs more than it is worth: its reduced cost."""
        return block.cost - float(self.cover[list(block.trips)].sum()) - float(self.begin(vehicles)[block.kind])

    def begin(self, vehicles: Vehicles) -> Floats:
        """What a block is worth whatever its trips, by kind."""
        worth: Floats = self.count[vehicles.type_of] + self.level * vehicles.fixed
        return worth


class BlockLP:
    """The LP, the blocks that are its columns, and its last solution; trips that are left out cost a penalty each."""

    def __init__(self, lp: FleetLP, *, seed: int, wants_stop: Callable[[], bool]) -> None:
        n, vehicles = lp.n, lp.vehicles
        self.blocks: list[WeighedBlock] = []
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self._n = n
        self._vehicles = vehicles
        self._level = lp.level
        self._count = np.where(vehicles.count < n, vehicles.count, np.inf)
        self._trips: Ints = np.zeros(0, dtype=np.int64)  # of all blocks, one after another
        self._first: Ints = np.zeros(0, dtype=np.int64)  # where each block begins in it
        self._is_open = np.ones(n, dtype=bool)
        self._simplex = Simplex(seed, wants_stop)
        self._lower, self._upper = self._row_limits([])
        self._simplex.begin(self._lower, self._upper)
        self._simplex.add_columns(np.full(n, lp.penalty), np.arange(n), np.arange(n))

    def _row_limits(self, fixed: Sequence[WeighedBlock]) -> tuple[Floats, Floats]:
        kinds = np.array([block.kind for block in fixed], dtype=np.int64)
        taken = np.bincount(self._vehicles.type_of[kinds], minlength=len(self._count))
        level = self._level - int(self._vehicles.fixed[kinds].sum())
        lower = np.r_[np.where(self._is_open, 1.0, -np.inf), np.full(len(self._count), -np.inf), level]
        return lower, np.r_[np.full(self._n, np.inf), self._count - taken, np.inf]

    def add(self, blocks: Iterable[WeighedBlock]) -> int:
        """New columns for the blocks that are not known yet; how many there were."""
        by_key = {(block.kind, block.trips): block for block in blocks}
        new = [block for key, block in by_key.items() if key not in self._known]
        if not new:
            return 0
        self._known.update(by_key)
        size = np.array([len(block.trips) for block in new])
        trips = np.concatenate([np.array(block.trips, dtype=np.int64) for block in new])
        kinds = np.array([block.kind for block in new])
        each = np.arange(len(new))
        columns = np.concatenate([np.repeat(each, size), each, each])
        level_row = np.full(len(new), self._n + len(self._count))
        rows = np.concatenate([trips, self._n + self._vehicles.type_of[kinds], level_row])
        values = np.concatenate([np.ones(len(trips) + len(new)), self._vehicles.fixed[kinds]])
        self._simplex.add_columns(np.array([block.cost for block in new]), columns, rows, values)
        self.blocks += new
        self._first = np.concatenate([self._first, len(self._trips) + np.cumsum(size) - size])
        self._trips = np.concatenate([self._trips, trips])
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
        """Row prices of the last solution, with the signs that a bound needs."""
        price, after = self._simplex.prices, self._n + len(self._count)
        cover, count = price[: self._n].clip(min=0), price[self._n : after].clip(max=0)
        return BlockPrices(cover, count, max(0.0, float(price[after])))

    def worth(self, prices: BlockPrices) -> float:
        """The value that prices prove where no block is cheaper than they are worth, without what is fixed."""
        counted = prices.count < 0
        limits = self._upper[self._n : -1][counted] @ prices.count[counted]
        level = self._lower[-1] * prices.level if prices.level else 0.0
        return float(prices.cover[self._is_open].sum() + limits + level)

    def require_level(self, level: int) -> None:
        """All blocks together cost at least so many units, as is proven."""
        self._level = self._lower[-1] = float(level)
        self._simplex.limit_row(len(self._lower) - 1, self._level, np.inf)

    @property
    def value(self) -> Floats:
        """How much each block is used; 0 for those added since the last solve."""
        used = self._simplex.columns[self._n :]
        return np.concatenate([used, np.zeros(len(self.blocks) - len(used))])

    def fix(self, fixed: Sequence[WeighedBlock], is_open: NDArray[np.bool_]) -> None:
        """Let only the open trips be covered, by blocks of open trips alone; `fixed` blocks use up their buses."""
        self._is_open = is_open.copy()
        usable = np.logical_and.reduceat(is_open[self._trips], self._first) if len(self._first) else self._first > 0
        upper = np.concatenate([np.full(self._n, np.inf), np.where(usable, np.inf, 0.0)])
        self._lower, self._upper = self._row_limits(fixed)
        self._simplex.limit_rows(self._lower, self._upper)
        self._simplex.bound_above(upper, tighter=True)
