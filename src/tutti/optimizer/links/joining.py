"""Joins chains end to end: those that windows have cut to pieces are planned once more, as if each were one trip."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tutti.optimizer.bounds.fewest_blocks import FIRST_BUS_COST_MIN
from tutti.optimizer.bounds.flow import cheapest_cover, nearest_arcs
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.chains import feasible_pieces
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.weights import Weights


def joined(arcs: Arcs, chains: Sequence[Chain]) -> list[list[int]]:
    """Fewer chains of the same trips if a flow finds any, each one that windows allow if the given ones are.

    It is repeated until that saves none, for what a flow joins may be cut again where windows don't allow it.
    """
    found = [list(chain) for chain in chains]
    while True:
        each_a_trip = _contracted(arcs, found)
        successor = cheapest_cover(Weights(each_a_trip), *nearest_arcs(each_a_trip), FIRST_BUS_COST_MIN)
        pieces = feasible_pieces(each_a_trip, successor)
        if len(pieces) == len(found):
            return found
        found = [[trip for number in piece for trip in found[number]] for piece in pieces]


def _contracted(arcs: Arcs, chains: Sequence[Chain]) -> Arcs:
    """The chains as trips. No time is lost: a chain that starts before these earliest minutes only waits on its way."""
    times = np.array([_times(arcs, chain) for chain in chains], dtype=np.int64).reshape(len(chains), 3)
    earliest, latest, duration = times.T
    first = np.array([chain[0] for chain in chains], dtype=np.int64)
    last = np.array([chain[-1] for chain in chains], dtype=np.int64)
    travel = arcs.travel[np.ix_(last, first)]
    travel[np.add.outer(earliest + duration, -latest) + travel > 0] = NO_ARC
    np.fill_diagonal(travel, NO_ARC)
    asked = arcs.asked[first].clip(earliest, latest)
    return Arcs(earliest, latest, asked, duration, arcs.origin[first], arcs.destination[last], travel)


def _times(arcs: Arcs, chain: Chain) -> tuple[int, int, int]:
    """The earliest and the latest start of a chain that wastes no minute, and the minutes that it then takes."""
    steps = [int(arcs.duration[tail]) + int(arcs.travel[tail, head]) for tail, head in pairwise(chain)]
    soonest, latest = int(arcs.earliest[chain[0]]), int(arcs.latest[chain[-1]])
    for step, head in zip(steps, chain[1:], strict=True):
        soonest = max(soonest + step, int(arcs.earliest[head]))
    for step, tail in zip(reversed(steps), reversed(chain[:-1]), strict=True):
        latest = min(latest - step, int(arcs.latest[tail]))
    last_min = int(arcs.duration[chain[-1]])
    duration = max(sum(steps), soonest - latest) + last_min
    return soonest + last_min - duration, latest, duration
