"""The programme over blocks goes on from where it is when some of them are fixed."""

import numpy as np

from tests.optimizer.instances import random_problem
from tests.optimizer.parts.test_fleet_tree import converged


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
