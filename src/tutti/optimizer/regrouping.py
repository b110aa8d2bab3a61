"""Which runs of trips two blocks may exchange so that more of their trips are in the block where they were before."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, combinations_with_replacement, pairwise

from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.timing import Chain

_MOST_PAIRS = 200  # of trips of two blocks, for all runs to be tried; beyond, those to the end of a block
_MOST_EXCHANGES = 30  # of two blocks to try

_Run = tuple[int, int]
"""From this place in a chain up to that one, without it."""


def strangers(chains: Sequence[Chain], home: Mapping[int, int]) -> list[tuple[int, int]]:
    """Each block with a trip whose home is another block, and that other one, by number."""
    return sorted({(at, home[trip]) for at, chain in enumerate(chains) for trip in chain if home.get(trip, at) != at})


def with_runs_exchanged(
    arcs: Arcs, chains: Sequence[Chain], pair: tuple[int, int], home: Mapping[int, int]
) -> list[dict[int, list[int]]]:
    """These two blocks after exchanges that leave more trips at home: those with most of them and least travel first.

    The second may give nothing for a run of trips. Each link can be driven by itself; blocks may still break windows.
    """
    one, other = pair
    left, right = chains[one], chains[other]
    to_end = len(left) * len(right) > _MOST_PAIRS
    gains_left = _gains(left, one, other, home, to_end=to_end)
    gains_right = _gains(right, other, one, home, to_end=to_end)
    most_right = max(gains_right.values())
    found: list[tuple[int, int, int, dict[int, list[int]]]] = []
    for run, gain in gains_left.items():
        if gain + most_right <= 0 or run[0] == run[1]:
            continue
        for other_run, other_gain in gains_right.items():
            if gain + other_gain > 0:
                new = {one: _with(left, run, right, other_run), other: _with(right, other_run, left, run)}
                links = [int(arcs.travel[link]) for chain in new.values() for link in pairwise(chain)]
                if max(links, default=0) < NO_ARC:
                    found.append((-gain - other_gain, sum(links), len(found), new))
    return [new for *_, new in sorted(found, key=lambda each: each[:3])[:_MOST_EXCHANGES]]


def _gains(chain: Chain, here: int, there: int, home: Mapping[int, int], *, to_end: bool) -> dict[_Run, int]:
    """How many trips more are at home when a run of the chain goes there, for each run; to_end: each to its end."""
    worth = [(home.get(trip) == there) - (home.get(trip) == here) for trip in chain]
    so_far = list(accumulate(worth, initial=0))
    places = range(len(chain) + 1)
    runs = combinations_with_replacement(places, 2)
    return {(begin, end): so_far[end] - so_far[begin] for begin, end in runs if not to_end or end == len(chain)}


def _with(chain: Sequence[int], run: _Run, others: Sequence[int], other_run: _Run) -> list[int]:
    """The chain with that run of the others in place of its own."""
    return [*chain[: run[0]], *others[slice(*other_run)], *chain[run[1] :]]
