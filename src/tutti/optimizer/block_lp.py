"""The linear programme over whole blocks: which of those found so far cover all trips at the least cost.

min sum cost_p z_p;  cover_i: the blocks with trip i are 1 at least;  count_t: at most so many blocks of type t. It
gives plans, not bounds: those come from the programme over connections, which knows all blocks. (Ribeiro, Soumis 1994.)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.arcs import Floats, Ints
from tutti.optimizer.fleet_lp import FleetLP
from tutti.optimizer.simplex import Simplex


@dataclass(frozen=True, slots=True)
class WeighedBlock:
    """Trips in driving order run by a kind of bus, and what that weighs."""

    kind: int
    trips: tuple[int, ...]
    cost: float


class BlockLP:
    """The LP, the blocks that are its columns, and its last solution; trips that are left out cost a penalty each."""

    def __init__(self, lp: FleetLP, *, seed: int, wants_stop: Callable[[], bool]) -> None:
        n, vehicles = lp.n, lp.vehicles
        self.blocks: list[WeighedBlock] = []
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self._n = n
        self._type_of = vehicles.type_of
        self._count = np.where(vehicles.count < n, vehicles.count, np.inf)
        self._trips: Ints = np.zeros(0, dtype=np.int64)  # of all blocks, one after another
        self._first: Ints = np.zeros(0, dtype=np.int64)  # where each block begins in it
        self._is_open = np.ones(n, dtype=bool)
        self._simplex = Simplex(seed, wants_stop)
        self._simplex.begin(*self._row_limits([]))
        self._simplex.add_columns(np.full(n, lp.penalty), np.arange(n), np.arange(n))

    def _row_limits(self, fixed: Sequence[WeighedBlock]) -> tuple[Floats, Floats]:
        taken = np.bincount([self._type_of[block.kind] for block in fixed], minlength=len(self._count)) if fixed else 0
        lower = np.r_[np.where(self._is_open, 1.0, -np.inf), np.full(len(self._count), -np.inf)]
        return lower, np.r_[np.full(self._n, np.inf), self._count - taken]

    def add(self, blocks: Iterable[WeighedBlock]) -> int:
        """New columns for the blocks that are not known yet; how many there were."""
        by_key = {(block.kind, block.trips): block for block in blocks}
        new = [block for key, block in by_key.items() if key not in self._known]
        if not new:
            return 0
        self._known.update(by_key)
        size = np.array([len(block.trips) for block in new])
        trips = np.concatenate([np.array(block.trips, dtype=np.int64) for block in new])
        types = self._type_of[[block.kind for block in new]]
        each = np.arange(len(new))
        columns, rows = np.concatenate([np.repeat(each, size), each]), np.concatenate([trips, self._n + types])
        self._simplex.add_columns(np.array([block.cost for block in new]), columns, rows)
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
    def cover_price(self) -> Floats:
        """What covering each trip is worth."""
        return self._simplex.prices[: self._n].clip(min=0)

    @property
    def count_price(self) -> Floats:
        """What one more bus of each type costs, negative where buses are short."""
        return self._simplex.prices[self._n :].clip(max=0)

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
        self._simplex.limit_rows(*self._row_limits(fixed))
        self._simplex.bound_above(upper, tighter=True)
