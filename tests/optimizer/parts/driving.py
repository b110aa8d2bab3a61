"""Whether a bus can run trips one after another, told without the optimizer."""

from itertools import pairwise

from tutti.optimizer.model.arcs import Arcs


def is_feasible(arcs: Arcs, chain: list[int]) -> bool:
    """Whether a bus that starts every trip as early as it can is in time for all of them."""
    start = int(arcs.earliest[chain[0]])
    for before, after in pairwise(chain):
        start += int(arcs.duration[before]) + int(arcs.travel[before, after])
        start = max(start, int(arcs.earliest[after]))
        if start > arcs.latest[after]:
            return False
    return True
