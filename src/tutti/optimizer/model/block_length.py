"""How long blocks may take, from leaving the depot to being back, and which of many take no longer."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.model.arcs import NONE, Arcs, Ints
from tutti.optimizer.model.vehicles import Vehicles


@dataclass(frozen=True, slots=True)
class BlockLength:
    """At most `longest_min` minutes, pull-out and pull-in among them."""

    arcs: Arcs
    vehicles: Vehicles
    longest_min: int

    def keeps(self, kind: Ints, trips: Ints) -> NDArray[np.bool_]:
        """Which feasible blocks are short enough, at some starts within their windows, shape (B,).

        kind: of each, shape (B,); trips: shape (B, L), those of each in driving order, then NONE. As `Span`, of many.
        """
        arcs = self.arcs
        first, last = trips[:, 0], trips[np.arange(len(trips)), (trips != NONE).sum(axis=1) - 1]
        driven, soonest, latest = np.zeros(len(trips), dtype=np.int64), arcs.earliest[first], arcs.latest[last]
        links = []
        for tail, head in pairwise(trips.T):
            at = np.flatnonzero(head != NONE)
            step = arcs.duration[tail[at]] + arcs.travel[tail[at], head[at]]
            driven[at] += step
            soonest[at] = np.maximum(soonest[at] + step, arcs.earliest[head[at]])
            links.append((at, tail[at], step))
        for at, tail, step in reversed(links):
            latest[at] = np.minimum(latest[at] - step, arcs.latest[tail])
        pulls = self.vehicles.pull_out[kind, first] + self.vehicles.pull_in[kind, last]
        length = np.maximum(driven, soonest - latest) + arcs.duration[last] + pulls
        keeps: NDArray[np.bool_] = length <= self.longest_min
        return keeps
