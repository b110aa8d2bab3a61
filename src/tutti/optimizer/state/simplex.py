"""A linear programme in HiGHS that goes on from its last basis or through the interior, and can be left at any time."""

from collections.abc import Callable

import highspy
import numpy as np
from numpy.typing import NDArray

from tutti.fleet.errors import SolverError
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.state.asking import Asking

_PRIMAL, _DUAL = 4, 1  # HiGHS' names of its simplex methods
_SIMPLEX = {"solver": "simplex", "presolve": "off", "user_objective_scale": 0}
_INTERIOR = {"solver": "ipm", "presolve": "on", "user_objective_scale": -10}  # costs of millions keep it from its end
_LONG = {_PRIMAL: 3000, _DUAL: 6000}  # iterations
_ASK_EVERY = 10  # callbacks


class InfeasibleError(SolverError):
    """There is no solution within the limits."""


class Interrupted(Exception):  # noqa: N818  # a signal, not an error
    """The LP was left in the middle because `wants_stop` said so."""


class Simplex:
    """A minimisation with non-negative columns; all coefficients are 1 unless they are given.

    After a change that keeps the last basis primal feasible the primal simplex goes on from it, else the dual.
    """

    def __init__(self, seed: int, wants_stop: Callable[[], bool], *, through_interior: bool = False) -> None:
        """through_interior: of a large programme that is hard for the simplex method.

        It is solved by an interior point method first, which ends in a basis, and again where the simplex method would
        go on from there for long: 3000 iterations take about as long as that way, of 500 trips as of 2000. After new
        rows it gets twice as many, as it is near its end then.
        """
        self.objective = 0.0
        self.columns: Floats = np.zeros(0)
        self.prices: Floats = np.zeros(0)
        self.iterations = 0
        self._method = _PRIMAL
        self._seed, self._wants_stop = seed, wants_stop
        self._through_interior = through_interior
        self._has_basis = not through_interior
        self._highs = highspy._Highs()  # type: ignore[attr-defined]  # the public class prints a banner to stdout when it is made
        self._set({"output_flag": False, "threads": 1, "random_seed": seed, **_SIMPLEX})
        kinds = highspy.cb.HighsCallbackType
        asked = (kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt)
        self._asking = Asking(self._highs, asked, wants_stop, every=_ASK_EVERY)

    def begin(self, lower: Floats, upper: Floats) -> None:
        """Rows with these limits (infinite: none), no columns yet."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = 0, len(lower)
        lp.row_lower_, lp.row_upper_ = lower, upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.zeros(1, dtype=np.int32)
        self._highs.passModel(lp)

    def copy(self) -> "Simplex":
        """The same programme with the same basis and solution, which goes on by itself."""
        twin = Simplex(self._seed, self._wants_stop, through_interior=self._through_interior)
        twin._highs.passModel(self._highs.getLp())
        twin._highs.setBasis(self._highs.getBasis())
        twin.objective, twin.columns, twin.prices = self.objective, self.columns, self.prices
        twin._method, twin._has_basis = self._method, self._has_basis
        return twin

    def add_columns(self, cost: Floats, column: Ints, row: Ints, value: Floats | None = None) -> None:
        """New columns; `column` counts from 0 among them, and with `row` names their non-zero coefficients."""
        count = len(cost)
        order = np.argsort(column, kind="stable")
        start = np.searchsorted(column[order], np.arange(count)).astype(np.int32)
        self._highs.addCols(
            count, cost.astype(np.float64), np.zeros(count), np.full(count, highspy.kHighsInf), len(row), start,
            row[order].astype(np.int32), np.ones(len(row)) if value is None else value[order].astype(np.float64),
        )  # fmt: skip
        self._method = _PRIMAL

    def add_rows(self, upper: Floats, row: Ints, column: Ints, value: Floats | None = None) -> None:
        """New rows with upper limits; `row` counts from 0 among them."""
        order = np.lexsort((column, row))
        start = np.searchsorted(row[order], np.arange(len(upper))).astype(np.int32)
        self._highs.addRows(
            len(upper), np.full(len(upper), -highspy.kHighsInf), upper.astype(np.float64), len(row), start,
            column[order].astype(np.int32), np.ones(len(row)) if value is None else value[order].astype(np.float64),
        )  # fmt: skip
        self._method = _DUAL

    def drop_columns(self, unwanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Leave out the marked columns (C,) that are not in the basis, so that it stays; marks those left out."""
        basis = [status == highspy.HighsBasisStatus.kBasic for status in self._highs.getBasis().col_status]
        dropped: NDArray[np.bool_] = unwanted & ~np.array(basis, dtype=bool)
        gone = np.flatnonzero(dropped).astype(np.int32)
        self._highs.deleteCols(len(gone), gone)
        self.columns = self.columns[~dropped[: len(self.columns)]]
        return dropped

    def start_from(self, columns: list[highspy.HighsBasisStatus], rows: list[highspy.HighsBasisStatus]) -> None:
        """The basis to begin with."""
        basis = highspy.HighsBasis()
        basis.valid = True
        basis.col_status, basis.row_status = columns, rows
        self._highs.setBasis(basis)

    def limit_row(self, row: int, lower: float, upper: float) -> None:
        """Other limits for a row."""
        self._highs.changeRowBounds(row, lower, upper)
        self._method = _DUAL

    def set_costs(self, columns: Ints, cost: Floats) -> None:
        """Other costs for some columns."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), cost)
        self._method = _PRIMAL

    def bound_above(self, upper: Floats, *, tighter: bool) -> None:
        """Upper bounds of all columns (infinite: none); whether they are tighter than those before."""
        count = len(upper)
        self._highs.changeColsBounds(count, np.arange(count, dtype=np.int32), np.zeros(count), upper)
        self._method = _DUAL if tighter else _PRIMAL

    def solve(self) -> None:
        """Solve from the last basis. Raises Interrupted, or a SolverError: InfeasibleError if there is no solution."""
        status = self._run_from_basis() if self._has_basis else highspy.HighsModelStatus.kIterationLimit
        if status == highspy.HighsModelStatus.kIterationLimit:
            status = self._run_through_interior()
        if status == highspy.HighsModelStatus.kUnknown:  # lost its way
            self._highs.clearSolver()
            status = self._run(_DUAL)
        if status == highspy.HighsModelStatus.kInfeasible:
            raise InfeasibleError("the linear programme ended with kInfeasible")
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(f"the linear programme ended with {status.name}")
        self._has_basis = True
        self.objective = float(self._highs.getInfo().objective_function_value)
        solution = self._highs.getSolution()
        self.columns, self.prices = np.array(solution.col_value), np.array(solution.row_dual)

    def _run_from_basis(self) -> highspy.HighsModelStatus:
        limit = _LONG[self._method] if self._through_interior else highspy.kHighsIInf
        self._highs.setOptionValue("simplex_iteration_limit", limit)
        try:
            return self._run(self._method)
        finally:
            self._highs.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)

    def _run_through_interior(self) -> highspy.HighsModelStatus:
        """Anew by the interior point method; the simplex method ends it at the costs as they are."""
        self._highs.clearSolver()
        self._set(_INTERIOR)
        try:
            self._run(_PRIMAL)
        finally:
            self._set(_SIMPLEX)
        return self._run(_PRIMAL)

    def _set(self, options: dict[str, object]) -> None:
        for option, setting in options.items():
            self._highs.setOptionValue(option, setting)

    def _run(self, method: int) -> highspy.HighsModelStatus:
        """How it ended. Raises Interrupted, or what `wants_stop` raised."""
        self._highs.setOptionValue("simplex_strategy", method)
        self._asking.run(self._highs)
        status: highspy.HighsModelStatus = self._highs.getModelStatus()
        self.iterations += max(0, self._highs.getInfo().simplex_iteration_count)
        if status == highspy.HighsModelStatus.kInterrupt:
            raise Interrupted
        return status

    def limit_rows(self, lower: Floats, upper: Floats) -> None:
        """Other limits for the first rows, as many as are given."""
        self._highs.changeRowsBounds(len(lower), np.arange(len(lower), dtype=np.int32), lower, upper)
        self._method = _DUAL
