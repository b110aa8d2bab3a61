"""The linear programme: what it does when its solver loses its way."""

import os
import signal
from collections.abc import Callable
from threading import Event, Thread

import highspy
import numpy as np
import pytest

from tutti.fleet.errors import SolverError
from tutti.optimizer.state.simplex import Interrupted, Simplex


class Lost:
    """HiGHS that knows no answer from its last basis; `finds_back`: it does after it was told to forget it."""

    def __init__(self, highs: highspy.Highs, *, finds_back: bool) -> None:
        self._highs = highs
        self._is_lost = True
        self._finds_back = finds_back

    def __getattr__(self, name: str) -> object:
        return getattr(self._highs, name)

    def clearSolver(self) -> None:  # noqa: N802  # the solver's name
        self._is_lost = not self._finds_back

    def getModelStatus(self) -> highspy.HighsModelStatus:  # noqa: N802
        return highspy.HighsModelStatus.kUnknown if self._is_lost else self._highs.getModelStatus()


def cheaper_of_two(*, finds_back: bool) -> Simplex:
    """min 3 a + 2 b, a + b >= 1, by a solver that is lost."""
    simplex = Simplex(0, lambda: False)
    simplex.begin(np.ones(1), np.full(1, np.inf))
    simplex.add_columns(np.array([3.0, 2.0]), np.array([0, 1]), np.array([0, 0]))
    simplex._highs = Lost(simplex._highs, finds_back=finds_back)
    return simplex


def test_a_programme_whose_solver_lost_its_way_is_solved_from_the_start() -> None:
    simplex = cheaper_of_two(finds_back=True)
    simplex.solve()
    assert simplex.objective == pytest.approx(2)
    assert simplex.columns == pytest.approx([0, 1])


def test_a_programme_that_has_no_answer_then_either_is_an_error() -> None:
    with pytest.raises(SolverError, match="kUnknown"):
        cheaper_of_two(finds_back=False).solve()


def hard_to_cover(
    *, through_interior: bool = False, rows: int = 200, wants_stop: Callable[[], bool] = lambda: False
) -> Simplex:
    """Each row by columns with ones in every second row on average."""
    columns = 3 * rows
    rng = np.random.default_rng(1)
    column, row = np.nonzero(rng.random((columns, rows)) < 0.5)
    simplex = Simplex(0, wants_stop, through_interior=through_interior)
    simplex.begin(np.ones(rows), np.full(rows, np.inf))
    simplex.add_columns(1e6 * rng.random(columns), column, row)
    return simplex


def test_the_way_through_the_interior_ends_at_the_same_prices_with_a_basis_to_go_on_from() -> None:
    straight, through = hard_to_cover(through_interior=False), hard_to_cover(through_interior=True)
    for simplex in (straight, through):
        simplex.solve()
    assert through.objective == pytest.approx(straight.objective)
    assert through.prices == pytest.approx(straight.prices, abs=1e-3)
    assert through.iterations < straight.iterations / 4
    before = through.iterations
    through.solve()
    assert through.iterations == before


@pytest.mark.parametrize(("has_new_rows", "ways_through"), [(False, 2), (True, 1)])
def test_it_may_go_on_for_longer_after_new_rows_than_after_new_columns(
    monkeypatch: pytest.MonkeyPatch, has_new_rows: bool, ways_through: int
) -> None:
    monkeypatch.setattr("tutti.optimizer.state.simplex._LONG", {4: 20, 1: 2000})
    ways: list[int] = []
    way = Simplex._run_through_interior

    def counted(simplex: Simplex) -> highspy.HighsModelStatus:
        ways.append(simplex.iterations)
        return way(simplex)

    monkeypatch.setattr(Simplex, "_run_through_interior", counted)
    simplex, rng = hard_to_cover(through_interior=True), np.random.default_rng(2)
    simplex.solve()
    before = simplex.iterations
    if has_new_rows:
        used = np.flatnonzero(simplex.columns > 0.1)
        simplex.add_rows(np.full(len(used), 0.05), np.arange(len(used)), used)
    else:
        column, row = np.nonzero(rng.random((600, 200)) < 0.5)
        simplex.add_columns(1e6 * rng.random(600), column, row)
    simplex.solve()
    assert simplex.iterations >= before + 20
    assert len(ways) == ways_through


def test_a_programme_is_left_in_the_interior_when_the_caller_wants_to_stop() -> None:
    simplex = hard_to_cover(through_interior=True, wants_stop=lambda: True)
    with pytest.raises(Interrupted):
        simplex.solve()
    assert simplex.iterations == 0


def test_a_programme_is_left_in_the_middle_by_an_interrupt_from_the_keyboard() -> None:
    asked = Event()

    def interrupt() -> None:
        asked.wait()
        os.kill(os.getpid(), signal.SIGINT)

    def note() -> bool:
        asked.set()
        return False

    simplex = hard_to_cover(rows=1000, wants_stop=note)
    handler = signal.getsignal(signal.SIGINT)
    thread = Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        simplex.solve()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is handler
