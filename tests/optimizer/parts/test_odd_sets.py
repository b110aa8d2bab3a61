"""Blocks hold k pairs of 2 k + 1 trips at most: what breaks that is found, and no plan does."""

import numpy as np
import pytest

from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.odd_sets import Together, most_pairs, pairs_in


def ring(size: int) -> ListedBlocks:
    """Each trip with the next one, the last with the first."""
    return ListedBlocks.of([WeighedBlock(0, (trip, (trip + 1) % size), 1.0) for trip in range(size)])


@pytest.mark.parametrize("size", [3, 5, 7, 15])
def test_halves_of_a_ring_of_pairs_break_the_inequality_of_its_trips(size: int) -> None:
    halves = Together.of(ring(size).trips, np.full(size, 0.5))
    assert [trips.tolist() for trips in halves.violated_sets()] == [list(range(size))]


def test_halves_of_an_even_ring_break_none() -> None:
    assert Together.of(ring(6).trips, np.full(6, 0.5)).violated_sets() == []


def test_thirds_that_leave_trips_out_break_none() -> None:
    assert Together.of(ring(3).trips, np.full(3, 1 / 3)).violated_sets() == []


def test_a_block_holds_as_many_pairs_as_half_its_trips_of_the_set() -> None:
    blocks = ListedBlocks.of([WeighedBlock(0, trips, 1.0) for trips in [(0, 1, 2, 3, 9), (4,), (3, 4), (8, 9)]])
    odd_sets = [np.array([0, 1, 2, 3, 4]), np.array([2, 3, 8])]
    sets, numbers, pairs = pairs_in(odd_sets, blocks)
    assert list(zip(sets.tolist(), numbers.tolist(), pairs.tolist(), strict=True)) == [(0, 0, 2), (0, 2, 1), (1, 0, 1)]
    assert most_pairs(odd_sets).tolist() == [2, 1]


@pytest.mark.parametrize("seed", range(20))
def test_a_mixture_of_plans_breaks_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plans = [np.split(rng.permutation(24), np.sort(rng.choice(np.arange(1, 24), 7, replace=False))) for _ in range(3)]
    blocks = ListedBlocks.of([WeighedBlock(0, tuple(part.tolist()), 1.0) for plan in plans for part in plan])
    used = np.repeat(rng.dirichlet(np.ones(3)), 8)
    assert Together.of(blocks.trips, used).violated_sets() == []
