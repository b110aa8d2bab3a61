"""The programme over blocks goes on from where it is when some of them are fixed."""

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.parts.test_fleet_tree import converged
from tutti.optimizer.blocks.block_lp import WeighedBlock


def test_to_fix_blocks_that_are_used_wholly_leaves_nothing_to_solve() -> None:
    whole, _ = converged(random_problem("wide", 10, 1))
    lp = whole.lp
    surely = [block for block, value in zip(lp.blocks, lp.value, strict=True) if value > 0.999]
    assert len(surely) > 1
    is_open, before = np.ones(10, dtype=bool), lp.objective
    is_open[list(surely[0].trips)] = False
    iterations = lp._simplex.iterations
    lp.fix(surely[:1], is_open)
    lp.solve()
    assert lp._simplex.iterations == iterations
    assert abs(lp.objective + surely[0].cost - before) < 1e-6


def test_blocks_of_trips_that_are_not_open_are_forgotten_without_another_iteration() -> None:
    whole, _ = converged(random_problem("wide", 10, 1))
    lp = whole.lp
    fixed = next(block for block, value in zip(lp.blocks, lp.value, strict=True) if value > 0.999)
    is_open = np.ones(10, dtype=bool)
    is_open[list(fixed.trips)] = False
    lp.fix([fixed], is_open)
    lp.solve()
    blocks, before, iterations = len(lp.blocks), lp.objective, lp._simplex.iterations
    lp.forget_unusable()
    assert len(lp.blocks) < blocks
    lp.solve()
    assert lp._simplex.iterations == iterations
    assert abs(lp.objective - before) < 1e-6
    lp.fix([], np.ones(10, dtype=bool))
    lp.add([fixed])
    lp.solve()
    assert lp.objective >= before + fixed.cost - 1e-6
    assert all(is_open[list(block.trips)].all() for block in lp.used if block != fixed)


def test_a_copy_gets_blocks_and_limits_of_its_own() -> None:
    whole, _ = converged(random_problem("wide", 10, 1))
    lp, unheard_of = whole.lp, WeighedBlock(0, tuple(range(10)), 1.0)
    twin, before, iterations = lp.copy(), lp.objective, lp._simplex.iterations
    assert twin.add([unheard_of]) == 1
    twin.solve()
    assert twin.objective == pytest.approx(1)
    twin.fix([], np.zeros(10, dtype=bool))
    lp.solve()
    assert (lp.objective, lp._simplex.iterations) == (before, iterations)
    assert unheard_of not in lp.blocks
    assert lp.add([unheard_of]) == 1


def test_a_copy_goes_on_from_the_same_basis() -> None:
    whole, _ = converged(random_problem("wide", 10, 1))
    twin = whole.lp.copy()
    twin.solve()
    assert twin._simplex.iterations == 0
    assert twin.objective == pytest.approx(whole.lp.objective)
