"""Parts of a small day are planned anew, too: each leaves some of its trips alone, or it would be the day once more."""

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.parts.test_listed_search import programme
from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.blocks.block_search import BlockSearch
from tutti.optimizer.blocks.parts import improve_parts
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.stop import never


def test_a_part_of_a_small_day_leaves_a_third_of_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem("wide", 30, 0)
    lp = programme(problem)
    arcs, search, sizes = lp.weights.arcs, Search(problem, never, []), []
    search.offer(arcs, [[trip] for trip in range(arcs.n)])
    lp.add_arcs(*np.zeros((3, 0), dtype=np.int64))
    relaxation = FleetRelaxation(search, lp)
    relaxation.solve()
    blocks = BlockSearch(relaxation, seed=0)

    def plan_part(part: list[WeighedBlock]) -> bool:
        sizes.append(sum(len(block.trips) for block in part))
        return False

    monkeypatch.setattr(blocks, "plan_part", plan_part)
    improve_parts(search, blocks, seed=0, idle=5)
    assert len(sizes) == 5
    assert max(sizes) <= 2 * arcs.n / 3
