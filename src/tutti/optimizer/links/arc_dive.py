"""From a fractional LP to a plan: fix the surest links and solve again until every link is whole.

Diving as in Sadykov et al. 2019, on connections instead of columns.
"""

import math

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.links.relaxation import Relaxation
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.chains import feasible_pieces

_SURE = 0.999
_SHARE_FIXED = 0.1  # of the fractional links, at each step; fixing more costs buses where chains interact


class ArcDive:
    """One dive. It works on the relaxation's own LP and gives it back with all bounds as they were."""

    def __init__(self, relaxation: Relaxation | FleetRelaxation) -> None:
        arcs = relaxation.arcs
        self._relaxation = relaxation
        self._arcs = arcs
        self._successor: Ints = np.full(arcs.n, NONE, dtype=np.int64)
        self._predecessor: Ints = np.full(arcs.n, NONE, dtype=np.int64)
        self._banned: set[tuple[int, int]] = set()
        self._soonest: Ints = arcs.earliest.copy()  # window of each trip, tightened by the links fixed so far
        self._latest: Ints = arcs.latest.copy()

    def run(self) -> None:
        """Dive until the LP is integral, offer its plan, and lift the bounds again."""
        master = self._relaxation.master
        try:
            while True:
                tail, head, value = self._relaxation.used_links()
                undecided = self._successor[tail] != head
                if not undecided.any():
                    break
                self._fix_some(tail[undecided], head[undecided], value[undecided])
                self._apply_bounds()
                self._solve()
            self._relaxation.search.offer(self._arcs, feasible_pieces(self._arcs, self._relaxation.links(0.5)))
        finally:
            master.lift_bounds()

    def _fix_some(self, tails: Ints, heads: Ints, value: Floats) -> None:
        """Fix all sure links and the largest tenth of the others; ban those that fixed chains can't take in time."""
        order = np.argsort(-value, kind="stable")
        sure = int((value >= _SURE).sum())
        count = sure + max(1, math.ceil(_SHARE_FIXED * (len(order) - sure)))
        for tail, head in zip(tails[order[:count]].tolist(), heads[order[:count]].tolist(), strict=True):
            if self._successor[tail] != NONE or self._predecessor[head] != NONE:
                continue
            if self._can_join(tail, head):
                self._join(tail, head)
            else:
                self._banned.add((tail, head))

    def _can_join(self, tail: int, head: int) -> bool:
        arrival = self._soonest[tail] + self._arcs.duration[tail] + self._arcs.travel[tail, head]
        return bool(arrival <= self._latest[head]) and not self._is_after(head, tail)

    def _is_after(self, first: int, trip: int) -> bool:
        """Whether `trip` is in the fixed chain that goes on from `first`."""
        while first not in (NONE, trip):
            first = int(self._successor[first])
        return first == trip

    def _join(self, tail: int, head: int) -> None:
        """Fix the link and let the windows of the joined chain tighten in both directions."""
        self._successor[tail], self._predecessor[head] = head, tail
        while head != NONE:
            arrival = self._soonest[tail] + self._arcs.duration[tail] + self._arcs.travel[tail, head]
            self._soonest[head] = max(self._soonest[head], arrival)
            tail, head = head, int(self._successor[head])
        head, tail = tail, int(self._predecessor[tail])
        while tail != NONE:
            departure = self._latest[head] - self._arcs.travel[tail, head] - self._arcs.duration[tail]
            self._latest[tail] = min(self._latest[tail], departure)
            head, tail = tail, int(self._predecessor[tail])

    def _apply_bounds(self) -> None:
        """Only fixed links at fixed trips, no banned ones, and none that the tightened windows forbid."""
        master = self._relaxation.master
        allowed = self._allows(master.tail, master.head)
        ends = np.where(self._successor == NONE, np.inf, 0.0)
        master.bound_above(ends, np.where(allowed, np.inf, 0.0))

    def _allows(self, tail: Ints, head: Ints) -> NDArray[np.bool_]:
        """Which of the given arcs the fixed links leave open."""
        free: NDArray[np.bool_] = (self._successor[tail] == NONE) & (self._predecessor[head] == NONE)
        arrival = self._soonest[tail] + self._arcs.duration[tail] + self._arcs.travel[tail, head]
        free &= arrival <= self._latest[head]
        if self._banned:
            codes = tail * self._arcs.n + head
            banned = np.array([a * self._arcs.n + b for a, b in self._banned])
            free &= ~np.isin(codes, banned)
        free |= self._successor[tail] == head
        return free

    def _solve(self) -> None:
        """Solve, cut, and price the connections that are still open."""
        relaxation = self._relaxation
        while True:
            relaxation.solve_with_cuts()
            if not relaxation.price_in(self._allows):
                return
            self._apply_bounds()
