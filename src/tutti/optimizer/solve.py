"""Finds the fewest buses for a day, then the least deadhead, and proves both."""

from collections.abc import Sequence
from dataclasses import replace

from tutti.fleet.plan import Plan
from tutti.fleet.problem import Problem
from tutti.optimizer.dropping import solve_or_drop
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.result import Result
from tutti.optimizer.state.stop import Stop, never
from tutti.optimizer.state.terms import Terms


def solve(
    problem: Problem,
    *,
    stop: Stop = never,
    seed: int = 0,
    initial: Plan | None = None,
    callbacks: Sequence[Callback] = (),
    cores: int = 1,
) -> Result:
    """A plan of fewest buses, then least deadhead minutes, then little shift, with bounds that hold for all plans.

    stop: asked at least each 0.2 s, save in a flow (1 s at 5000 trips) and where 300 trips have windows of two hours
    (0.5 s); the best plan so far is the answer. seed: the same seed gives the same plans in
    the same order, on one core. initial: a plan to start from, repaired where it doesn't fit; the
    answer is never worse. cores: how many processes solve it together, each in its own way, once it takes half a
    second; what they find, and when, is not the same each time. Buses and deadhead are proven (status `optimal`) or
    bounded; shift is the least for the blocks chosen. All trips are run, also where the problem allows to drop some.
    """
    return solve_or_drop(replace(problem, may_drop=False), Terms(stop, seed, initial, callbacks, cores))
