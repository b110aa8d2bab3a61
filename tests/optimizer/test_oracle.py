"""The oracles are right: they agree with each other, and with counting by hand."""

from itertools import product

from hypothesis import assume, given

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems
from tests.optimizer.oracle import least_shift, prove, try_everything
from tutti.fleet.problem import Problem


@examples(40)
@given(problems(most=7))
def test_cp_sat_and_trying_everything_find_the_same_optimum(problem: Problem) -> None:
    known = prove(problem)
    assert known.is_exact
    assert known.best == try_everything(problem)


@examples(60)
@given(problems(least=1, most=3, kinds=("compressed", "fixed", "cyclic")))
def test_least_shift_is_the_least_over_all_minutes(problem: Problem) -> None:
    chain = list(problem.trips)
    windows = [range(trip.earliest_min, trip.latest_min + 1) for trip in chain]
    assume(all(len(window) <= 20 for window in windows))
    shifts = [
        sum(abs(start - trip.asked_min) for start, trip in zip(starts, chain, strict=True))
        for starts in product(*windows)
        if _is_drivable(problem, starts)
    ]
    assume(shifts)
    assert least_shift(problem, chain) == min(shifts)


def _is_drivable(problem: Problem, starts: tuple[int, ...]) -> bool:
    trips = problem.trips
    return all(
        starts[k] + trips[k].duration_min + problem.travel.minutes(trips[k].destination, trips[k + 1].origin)
        <= starts[k + 1]
        for k in range(len(trips) - 1)
    )
