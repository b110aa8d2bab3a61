"""The linear programme over connections, kept in one HiGHS object that only ever grows.

min sum w_ij x_ij + penalty * extra;  tail_i: sum_j x_ij + end_i = 1;  head_j: sum_i x_ij <= 1;
fleet: sum_i end_i - extra = buses;  then the rows of the cuts. Costs are minutes.

Columns: end_0 .. end_(n-1), extra, then arcs as they were added. Rows: n tails, n heads, fleet, cuts.
"""

from collections.abc import Callable

import highspy
import numpy as np

from tutti.fleet.errors import SolverError
from tutti.optimizer.arcs import NONE, Floats, Ints
from tutti.optimizer.cuts import Cuts
from tutti.optimizer.spanning import spanning_tree
from tutti.optimizer.weights import Weights

_PRIMAL, _DUAL = 4, 1  # HiGHS' names of its simplex methods
_FIRST_PENALTY_MIN = 10_000.0
_POLL_EVERY = 10  # simplex iterations


class Interrupted(Exception):  # noqa: N818  # a signal, not an error
    """The LP was left in the middle because `wants_stop` said so."""


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
        self.objective = 0.0
        self.row_price: Floats = np.zeros(2 * self.n + 1)
        self.iterations = 0
        self._rows_in_lp = 0
        self._method = _PRIMAL
        self._calls = 0
        self._raised: BaseException | None = None
        self._wants_stop = wants_stop
        self._highs = highspy._Highs()  # type: ignore[attr-defined]  # the public class prints a banner to stdout when it is made
        for option, setting in {
            "output_flag": False, "presolve": "off", "threads": 1, "solver": "simplex", "random_seed": seed,
        }.items():  # fmt: skip
            self._highs.setOptionValue(option, setting)
        self._highs.setCallback(self._poll, None)
        self._highs.startCallback(highspy.cb.HighsCallbackType.kCallbackSimplexInterrupt)
        self._pass_empty_model()

    def _poll(
        self, kind: object, message: str, data_out: object, data_in: "highspy.cb.HighsCallbackInput", user: object
    ) -> None:
        self._calls += 1
        if self._calls % _POLL_EVERY:
            return
        try:
            data_in.user_interrupt = self._wants_stop()
        except BaseException as error:  # noqa: BLE001  # HiGHS would swallow it: `solve` raises it again
            self._raised = error
            data_in.user_interrupt = True

    def _pass_empty_model(self) -> None:
        """Rows without arcs: every trip ends its block."""
        n = self.n
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n + 1, 2 * n + 1
        lp.col_cost_ = np.r_[np.zeros(n), self.penalty_min]
        lp.col_lower_, lp.col_upper_ = np.zeros(n + 1), np.full(n + 1, highspy.kHighsInf)
        lp.row_lower_ = np.r_[np.ones(n), np.full(n, -highspy.kHighsInf), self.buses]
        lp.row_upper_ = np.r_[np.ones(2 * n), self.buses]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.r_[np.arange(0, 2 * n + 1, 2), 2 * n + 1].astype(np.int32)
        ends = np.stack([np.arange(n), np.full(n, 2 * n)], axis=1).ravel()
        lp.a_matrix_.index_ = np.r_[ends, 2 * n].astype(np.int32)
        lp.a_matrix_.value_ = np.r_[np.ones(2 * n), -1.0]
        self._highs.passModel(lp)

    def add_arcs(self, tail: Ints, head: Ints) -> None:
        """New columns, with their coefficients in all cuts; the next solve goes on from the last basis."""
        count = len(tail)
        if not count:
            return
        arc, row = self.cuts.rows_of(tail, head)
        in_lp = row < self._rows_in_lp
        columns = np.concatenate([np.arange(count), np.arange(count), arc[in_lp]])
        rows = np.concatenate([tail, self.n + head, 2 * self.n + 1 + row[in_lp]])
        order = np.argsort(columns, kind="stable")
        start = np.searchsorted(columns[order], np.arange(count)).astype(np.int32)
        self._highs.addCols(
            count, self.weights.of(tail, head) / self.weights.scale, np.zeros(count), np.full(count, highspy.kHighsInf),
            len(rows), start, rows[order].astype(np.int32), np.ones(len(rows)),
        )  # fmt: skip
        self.tail, self.head = np.concatenate([self.tail, tail]), np.concatenate([self.head, head])
        self.value = np.concatenate([self.value, np.zeros(count)])
        self._method = _PRIMAL

    def add_cut_rows(self) -> None:
        """Rows for the cuts that were added to `cuts` since the last call."""
        first, count = self._rows_in_lp, len(self.cuts) - self._rows_in_lp
        arc, row = self.cuts.rows_of(self.tail, self.head, since=first)
        order = np.lexsort((arc, row))
        start = np.searchsorted(row[order], np.arange(first, first + count)).astype(np.int32)
        self._highs.addRows(
            count, np.full(count, -highspy.kHighsInf), np.array(self.cuts.limits[first:], dtype=np.float64),
            len(arc), start, (self.n + 1 + arc[order]).astype(np.int32), np.ones(len(arc)),
        )  # fmt: skip
        self._rows_in_lp = len(self.cuts)
        self._method = _DUAL

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
        basis = highspy.HighsBasis()
        basis.valid = True
        basis.col_status = [status.kBasic if basic else status.kLower for basic in is_basic.tolist()]
        heads = [status.kBasic if basic else status.kUpper for basic in slack_is_basic.tolist()]
        basis.row_status = [status.kLower] * n + heads + [status.kLower]
        self._highs.setBasis(basis)

    def set_buses(self, buses: int) -> None:
        """Plans of another number of buses from now on."""
        self.buses = buses
        self._highs.changeRowBounds(2 * self.n, buses, buses)
        self._method = _DUAL

    def raise_penalty(self) -> None:
        """Make an extra bus ten times as dear."""
        self.penalty_min *= 10
        self._highs.changeColCost(self.n, self.penalty_min)
        self._method = _PRIMAL

    def shake(self, arcs: Ints, rng: np.random.Generator) -> None:
        """Take random parts of a minute, less than 1/64 for any plan, off the costs of these arcs: another vertex."""
        cost = self.weights.of(self.tail[arcs], self.head[arcs]) / self.weights.scale
        cost -= rng.random(len(cost)) * (self.weights.slack_min / self.n / 4)
        self._highs.changeColsCost(len(arcs), (self.n + 1 + arcs).astype(np.int32), cost)
        self._method = _PRIMAL

    def bound_above(self, ends: Floats, arcs: Floats) -> None:
        """Upper bounds of all ends and arcs (np.inf: none), for a dive; they only get tighter until they are lifted."""
        self._set_upper(ends, arcs)
        self._method = _DUAL

    def lift_bounds(self) -> None:
        """No upper bounds any more."""
        self._set_upper(np.full(self.n, np.inf), np.full(len(self.tail), np.inf))
        self._method = _PRIMAL

    def _set_upper(self, ends: Floats, arcs: Floats) -> None:
        upper = np.concatenate([ends, [np.inf], arcs])
        count = len(upper)
        self._highs.changeColsBounds(count, np.arange(count, dtype=np.int32), np.zeros(count), upper)

    def solve(self) -> None:
        """Solve from the last basis. Raises Interrupted, or SolverError if there is no solution to read."""
        self._highs.setOptionValue("simplex_strategy", self._method)
        self._highs.run()
        if self._raised is not None:
            raise self._raised
        status = self._highs.getModelStatus()
        self.iterations += max(0, self._highs.getInfo().simplex_iteration_count)
        if status == highspy.HighsModelStatus.kInterrupt:
            raise Interrupted
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(f"the linear programme ended with {status.name}")
        self.objective = float(self._highs.getInfo().objective_function_value)
        solution = self._highs.getSolution()
        columns = np.array(solution.col_value)
        self.end, self.extra, self.value = columns[: self.n], float(columns[self.n]), columns[self.n + 1 :]
        self.row_price = np.array(solution.row_dual)
