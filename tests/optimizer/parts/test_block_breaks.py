"""Which of many blocks have their breaks, beside the starts that each of them has by itself."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from tests.optimizer.instances import Kind, make_problem
from tests.optimizer.oracle import drivable_chains
from tutti.fleet.blocks import BlockLimits, Depot
from tutti.optimizer.model import block_breaks
from tutti.optimizer.model.arcs import NONE, Arcs, Ints
from tutti.optimizer.model.block_breaks import BlockBreaks
from tutti.optimizer.model.break_times import starts_with_breaks
from tutti.optimizer.model.vehicles import Vehicles

_KIND = Kind(day=(0, 60), window=(0, 30), duration=(1, 9), travel=(0, 9), places=4)
_BREAK_AFTER = 18


def in_rows(chains: Sequence[Sequence[int]]) -> Ints:
    """A row for each, its trips in driving order, then NONE."""
    rows = np.full((len(chains), max(map(len, chains))), NONE)
    for row, chain in zip(rows, chains, strict=True):
        row[: len(chain)] = chain
    return rows


@pytest.mark.parametrize("at_a_time", [1, 10**6])
@pytest.mark.parametrize("seed", range(6))
def test_blocks_have_breaks_if_they_can_start_so(monkeypatch: pytest.MonkeyPatch, seed: int, at_a_time: int) -> None:
    monkeypatch.setattr(block_breaks, "_CELLS", at_a_time)
    problem = replace(make_problem(Random(seed).randint, _KIND, 5), depots=(Depot("A", 0), Depot("B", 1)))
    arcs, limits = Arcs.of(problem), BlockLimits(None, _BREAK_AFTER, 5)
    vehicles = Vehicles.of(problem, arcs)
    chains = list(drivable_chains(problem))
    kind = np.arange(len(chains)) % vehicles.size
    keeps = BlockBreaks(arcs, vehicles, _BREAK_AFTER, limits.break_min).keeps(kind, in_rows(chains))
    alone = [
        starts_with_breaks(arcs, chain, limits, vehicles.pull_out[by, chain[0]], vehicles.pull_in[by, chain[-1]])
        for by, chain in zip(kind, chains, strict=True)
    ]
    assert keeps.tolist() == [starts is not None for starts in alone]
    assert 0 < keeps.sum() < len(keeps)
