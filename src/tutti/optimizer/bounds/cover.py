"""Koenig's theorem: a vertex cover of all connections proves that no plan has fewer buses than a matching says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs, Ints


@dataclass(frozen=True, slots=True)
class VertexCover:
    """Trips whose outgoing (`tails`) and incoming (`heads`) connections together are all connections.

    Each link of a plan uses up one of its tails or heads, so a plan has at most len(tails) + len(heads) links, and at
    least n - that many buses (Koenig 1931; for vehicle scheduling Bertossi, Carraresi, Gallo 1987).
    """

    tails: Ints
    heads: Ints

    def fewest_buses(self, n: int) -> int:
        """No plan of the n trips has fewer buses, as windows allow them pair by pair."""
        return n - len(self.tails) - len(self.heads)


@dataclass(frozen=True, slots=True)
class Augmenting:
    """Connections, one into each trip that was reached: with them a larger matching exists."""

    tails: Ints
    heads: Ints


def prove_fewest(arcs: Arcs, successor: Ints) -> VertexCover | Augmenting:
    """A cover that proves that no matching over all connections is larger than `successor`, or arcs to enlarge it with.

    successor: shape (n,), NONE for trips that end a block. Alternating search from the ends: O(n * n) bytes read.
    """
    n = arcs.n
    mate = np.full(n, NONE, dtype=np.int64)  # predecessor of each trip
    linked = np.flatnonzero(successor != NONE)
    mate[successor[linked]] = linked
    reached_from = np.full(n, NONE, dtype=np.int64)  # for each trip the tail that reached its start
    searched = successor == NONE
    frontier = np.flatnonzero(searched)
    while len(frontier):
        heads, tails = _reach(arcs.travel, frontier, np.flatnonzero(reached_from == NONE))
        reached_from[heads] = tails
        if (mate[heads] == NONE).any():
            reached = np.flatnonzero(reached_from != NONE)
            return Augmenting(reached_from[reached], reached)
        frontier = mate[heads]
        searched[frontier] = True
    return VertexCover(tails=np.flatnonzero(~searched), heads=np.flatnonzero(reached_from != NONE))


def _reach(travel: NDArray[np.int16], frontier: Ints, candidates: Ints) -> tuple[Ints, Ints]:
    """Those of `candidates` that some trip of `frontier` can go on to, and one such trip for each."""
    heads: list[Ints] = []
    tails: list[Ints] = []
    step = max(1, 1_000_000 // max(1, len(candidates)))
    for first in range(0, len(frontier), step):
        if not len(candidates):
            break
        rows = frontier[first : first + step]
        block = travel[rows][:, candidates]
        found = (block < NO_ARC).any(axis=0)
        heads.append(candidates[found])
        tails.append(rows[block[:, found].argmin(axis=0)] if found.any() else rows[:0])
        candidates = candidates[~found]
    empty = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *heads]), np.concatenate([empty, *tails])
