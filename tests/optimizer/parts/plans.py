"""All plans of a small problem, found by trying every way to chain its trips."""

from collections.abc import Iterator
from itertools import pairwise

from tutti.optimizer.arcs import Arcs

Chains = list[list[int]]


def all_plans(arcs: Arcs) -> Iterator[Chains]:
    """Every set of chains that holds each trip once and that windows allow."""
    return (plan for plan in _ways(list(range(arcs.n))) if all(is_feasible(arcs, chain) for chain in plan))


def _ways(trips: list[int]) -> Iterator[Chains]:
    if not trips:
        yield []
        return
    last = trips[-1]
    for plan in _ways(trips[:-1]):
        yield [*plan, [last]]
        for number, chain in enumerate(plan):
            for place in range(len(chain) + 1):
                longer = [*chain[:place], last, *chain[place:]]
                yield [*plan[:number], longer, *plan[number + 1 :]]


def is_feasible(arcs: Arcs, chain: list[int]) -> bool:
    """Whether a bus that starts every trip as early as it can is in time for all of them."""
    start = int(arcs.earliest[chain[0]])
    for before, after in pairwise(chain):
        start += int(arcs.duration[before]) + int(arcs.travel[before, after])
        start = max(start, int(arcs.earliest[after]))
        if start > arcs.latest[after]:
            return False
    return True
