"""The linear programme over connections, kept in one HiGHS object that only ever grows.

It is the quasi-assignment model of vehicle scheduling (Paixao, Branco 1987), with inequalities for the windows.

min all trips alone + sum w_ij x_ij + penalty * extra;  tail_i: sum_j x_ij + end_i = 1;  head_j: sum_i x_ij <= 1;
fleet: sum_i end_i - extra = buses;  then the rows of the cuts. Costs are minutes.

Columns: end_0 .. end_(n-1), extra, then arcs as they were added. Rows: n tails, n heads, fleet, cuts.
"""

from collections.abc import Callable

import highspy
import numpy as np

from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.spanning import spanning_tree
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.simplex import Simplex

_FIRST_PENALTY_MIN = 10_000.0


class Master:
    """The LP and its last solution: `value` of each arc, `end` of each trip, `extra` buses, row prices."""

    def __init__(self, cuts: Cuts, weights: Weights, buses: int, *, seed: int, wants_stop: Callable[[], bool]) -> None:
        self.cuts = cuts
        self.weights = weights
        self.n = weights.arcs.n
        self.buses = buses
        self.penalty_min = _FIRST_PENALTY_MIN
        self.tail: Ints = np.zeros(0, dtype=np.int64)
        self.head: Ints = np.zeros(0, dtype=np.int64)
        self.value: Floats = np.zeros(0)
        self.end: Floats = np.zeros(self.n)
        self.extra = 0.0
        self._rows_in_lp = 0
        self._simplex = Simplex(seed, wants_stop)
        self._add_rows_without_arcs()

    @property
    def objective(self) -> float:
        """The value of the last solution, minutes."""
        return self._simplex.objective + float(self.weights.alone_min.sum())

    @property
    def row_price(self) -> Floats:
        """The prices of all rows in the last solution."""
        return self._simplex.prices

    @property
    def iterations(self) -> int:
        """Of the simplex method, in all solves together."""
        return self._simplex.iterations

    def _add_rows_without_arcs(self) -> None:
        """Every trip ends its block."""
        n, trips = self.n, np.arange(self.n)
        lower = np.r_[np.ones(n), np.full(n, -np.inf), self.buses]
        self._simplex.begin(lower, np.r_[np.ones(2 * n), self.buses])
        self._simplex.add_columns(np.zeros(n), np.tile(trips, 2), np.concatenate([trips, np.full(n, 2 * n)]))
        extra = np.zeros(1, dtype=np.int64)
        self._simplex.add_columns(np.array([self.penalty_min]), extra, extra + 2 * n, np.array([-1.0]))

    def add_arcs(self, tail: Ints, head: Ints) -> None:
        """New columns, with their coefficients in all cuts; the next solve goes on from the last basis."""
        count = len(tail)
        if not count:
            return
        arc, row = self.cuts.rows_of(tail, head)
        in_lp = row < self._rows_in_lp
        columns = np.concatenate([np.arange(count), np.arange(count), arc[in_lp]])
        rows = np.concatenate([tail, self.n + head, 2 * self.n + 1 + row[in_lp]])
        self._simplex.add_columns(self.weights.of(tail, head) / self.weights.scale, columns, rows)
        self.tail, self.head = np.concatenate([self.tail, tail]), np.concatenate([self.head, head])
        self.value = np.concatenate([self.value, np.zeros(count)])

    def add_cut_rows(self) -> None:
        """Rows for the cuts that were added to `cuts` since the last call."""
        first = self._rows_in_lp
        arc, row = self.cuts.rows_of(self.tail, self.head, since=first)
        limits = np.array(self.cuts.limits[first:], dtype=np.float64)
        self._simplex.add_rows(limits, row - first, self.n + 1 + arc)
        self._rows_in_lp = len(self.cuts)

    def start_from_flow(self, successor: Ints, reduced_cost: Floats) -> None:
        """Make a spanning tree that holds the flow the first basis: primal feasible and nearly dual feasible.

        successor: the flow's links, all of them columns. reduced_cost: of each column, minutes.
        """
        n = self.n
        fleet, root = 2 * n, 2 * n + 1
        linked = successor[self.tail] == self.head
        ends, unentered = successor == NONE, np.ones(n, dtype=bool)
        unentered[successor[~ends]] = False
        heavy = 1e7
        trips = np.arange(n)
        begin = np.concatenate([self.tail, trips, n + trips, [fleet]])
        finish = np.concatenate([n + self.head, np.full(n, fleet), np.full(n, root), [root]])
        weight = np.concatenate([
            np.where(linked, 1.0, 2.0 + reduced_cost.clip(min=0)),
            np.where(ends, 1.0, heavy), np.where(unentered, 1.0, heavy), [10 * heavy],
        ])  # fmt: skip
        in_tree = spanning_tree(root + 1, begin, finish, weight)
        arcs = len(self.tail)
        status = highspy.HighsBasisStatus
        is_basic = np.concatenate([in_tree[arcs : arcs + n], in_tree[-1:], in_tree[:arcs]])
        slack_is_basic = in_tree[arcs + n : arcs + 2 * n]
        columns = [status.kBasic if basic else status.kLower for basic in is_basic.tolist()]
        heads = [status.kBasic if basic else status.kUpper for basic in slack_is_basic.tolist()]
        self._simplex.start_from(columns, [status.kLower] * n + heads + [status.kLower])

    def set_buses(self, buses: int) -> None:
        """Plans of another number of buses from now on."""
        self.buses = buses
        self._simplex.limit_row(2 * self.n, buses, buses)

    def raise_penalty(self) -> None:
        """Make an extra bus ten times as dear."""
        self.penalty_min *= 10
        self._simplex.set_costs(np.array([self.n]), np.array([self.penalty_min]))

    def shake(self, arcs: Ints, rng: np.random.Generator) -> None:
        """Take random parts of a minute, less than 1/64 for any plan, off the costs of these arcs: another vertex."""
        cost = self.weights.of(self.tail[arcs], self.head[arcs]) / self.weights.scale
        cost -= rng.random(len(cost)) * (self.weights.slack_min / self.n / 4)
        self._simplex.set_costs(self.n + 1 + arcs, cost)

    def bound_above(self, ends: Floats, arcs: Floats) -> None:
        """Upper bounds of all ends and arcs (np.inf: none), for a dive; they only get tighter until they are lifted."""
        self._simplex.bound_above(np.concatenate([ends, [np.inf], arcs]), tighter=True)

    def lift_bounds(self) -> None:
        """No upper bounds any more."""
        self._simplex.bound_above(np.full(self.n + 1 + len(self.tail), np.inf), tighter=False)

    def solve(self) -> None:
        """Solve from the last basis. Raises Interrupted, or SolverError if there is no solution to read."""
        self._simplex.solve()
        columns = self._simplex.columns
        self.end, self.extra, self.value = columns[: self.n], float(columns[self.n]), columns[self.n + 1 :]
