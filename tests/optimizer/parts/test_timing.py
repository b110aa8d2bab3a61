"""Start minutes of given blocks."""

from itertools import pairwise, product

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.parts.driving import is_feasible
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.timing import least_shift_starts


def least_shift(arcs: Arcs, chain: list[int]) -> int:
    """The least total shift over all start minutes, by trying them all."""
    windows = [range(int(arcs.earliest[trip]), int(arcs.latest[trip]) + 1) for trip in chain]
    return min(
        sum(abs(start - int(arcs.asked[trip])) for start, trip in zip(starts, chain, strict=True))
        for starts in product(*windows)
        if _fits(arcs, chain, starts)
    )


def _fits(arcs: Arcs, chain: list[int], starts: tuple[int, ...]) -> bool:
    return all(
        start + arcs.duration[trip] + arcs.travel[trip, following] <= next_start
        for (trip, following), (start, next_start) in zip(pairwise(chain), pairwise(starts), strict=True)
    )


@pytest.mark.parametrize("kind", ["narrow", "compressed"])
def test_the_shift_of_a_chain_is_the_least_possible(kind: str) -> None:
    compared = 0
    for seed in range(60):
        arcs = Arcs.of(random_problem(kind, 3, seed))
        chain = np.argsort(arcs.earliest, kind="stable").tolist()
        if any(arcs.travel[pair] == NO_ARC for pair in pairwise(chain)) or not is_feasible(arcs, chain):
            continue
        starts = least_shift_starts(arcs, [chain])
        assert _fits(arcs, chain, tuple(starts[chain].tolist()))
        assert np.abs(starts - arcs.asked).sum() == least_shift(arcs, chain)
        compared += 1
    assert compared > 5


def test_blocks_are_timed_as_if_each_were_alone() -> None:
    arcs = Arcs.of(random_problem("narrow", 9, 3))
    singles = [[trip] for trip in range(arcs.n)]
    expected = arcs.asked.clip(arcs.earliest, arcs.latest)
    assert (least_shift_starts(arcs, singles) == expected).all()


def test_no_chains_have_no_starts() -> None:
    arcs = Arcs.of(random_problem("narrow", 0, 0))
    assert len(least_shift_starts(arcs, [])) == 0
