"""Joins chains end to end: those that windows have cut to pieces are planned once more, as if each were one trip."""

from collections.abc import Sequence

import numpy as np

from tutti.optimizer.bounds.fewest_blocks import FIRST_BUS_COST_MIN
from tutti.optimizer.bounds.flow import cheapest_cover, nearest_arcs
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.chains import Span, feasible_pieces
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.weights import Weights


def joined(arcs: Arcs, chains: Sequence[Chain]) -> list[list[int]]:
    """Fewer chains of the same trips if a flow finds any, each one that windows allow if the given ones are.

    It is repeated until that saves none, for what a flow joins may be cut again where windows don't allow it.
    """
    found = [list(chain) for chain in chains]
    while True:
        each_a_trip = _contracted(arcs, found)
        successor = cheapest_cover(Weights.without_depots(each_a_trip), *nearest_arcs(each_a_trip), FIRST_BUS_COST_MIN)
        pieces = feasible_pieces(each_a_trip, successor)
        if len(pieces) == len(found):
            return found
        found = [[trip for number in piece for trip in found[number]] for piece in pieces]


def _contracted(arcs: Arcs, chains: Sequence[Chain]) -> Arcs:
    """The chains as trips. No time is lost: a chain that starts before these earliest minutes only waits on its way."""
    spans = [Span.of(arcs, chain) for chain in chains]
    latest = np.array([span.latest_start for span in spans], dtype=np.int64)
    ends = np.array([span.soonest_end for span in spans], dtype=np.int64)
    duration = np.maximum([span.driven for span in spans], ends - latest)
    earliest = ends - duration
    first = np.array([chain[0] for chain in chains], dtype=np.int64)
    last = np.array([chain[-1] for chain in chains], dtype=np.int64)
    travel = arcs.travel[np.ix_(last, first)]
    travel[np.add.outer(ends, -latest) + travel > 0] = NO_ARC
    np.fill_diagonal(travel, NO_ARC)
    asked = arcs.asked[first].clip(earliest, latest)
    return Arcs(earliest, latest, asked, duration, arcs.origin[first], arcs.destination[last], travel)
