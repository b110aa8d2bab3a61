"""Why so many buses are needed: trips of which no two can share one. And which pairs of trips stand in the way."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tutti.fleet.problem import Problem
from tutti.optimizer.bounds.fewest_blocks import fewest_blocks
from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs, Ints
from tutti.optimizer.model.weights import Weights

_MOST_SHORT_MIN = 60  # a window that lacks more than that is not asked for


@dataclass(frozen=True, slots=True)
class Hurdle:
    """Trip `head` could follow `tail` if their windows gave `short_min` minutes more; then a bus fewer might do."""

    tail: int
    head: int
    short_min: int


@dataclass(frozen=True, slots=True)
class Witness:
    """Trips by number of which no one can follow another, as many as buses are needed by the windows of each pair.

    hurdles: the pairs whose link would let a plan do with a bus fewer, as far as pairs go, the smallest first.
    """

    trips: tuple[int, ...]
    hurdles: tuple[Hurdle, ...]


def witness_of(problem: Problem, arcs: Arcs, most_hurdles: int) -> Witness:
    """The witness of all the trips of `problem`; `arcs` are its own.

    By Koenig's theorem the trips that the smallest vertex cover leaves alone, as tail and as head, are no two linked,
    and as many as the fewest blocks. Where travel keeps the triangle inequality, no two of them are in any one block.
    """
    if not arcs.n:
        return Witness((), ())
    fewest = fewest_blocks(Weights.without_depots(arcs))
    is_free = np.ones(arcs.n, dtype=bool)
    is_free[fewest.cover.tails] = is_free[fewest.cover.heads] = False
    is_searched = np.ones(arcs.n, dtype=bool)
    is_searched[fewest.cover.tails] = False  # from these tails an alternating path leads back to the end of a block
    tails, heads = np.flatnonzero(is_searched), _leading_to_a_start(arcs, fewest.successor)
    hurdles = sorted(_hurdles(problem, tails, heads), key=lambda hurdle: (hurdle.short_min, hurdle.tail, hurdle.head))
    return Witness(tuple(np.flatnonzero(is_free).tolist()), tuple(_distinct(hurdles, most_hurdles)))


def _leading_to_a_start(arcs: Arcs, successor: Ints) -> Ints:
    """Heads from which an alternating path leads to a trip that begins a block: linking to one saves a block."""
    linked = np.flatnonzero(successor != NONE)
    follows = np.full(arcs.n, NONE, dtype=np.int64)
    follows[successor[linked]] = linked
    leads = follows == NONE
    frontier = np.flatnonzero(leads)
    while len(frontier):
        open_heads = np.flatnonzero(~leads)
        reaches = [(arcs.travel[follows[open_heads[at : at + 256]]][:, frontier] < NO_ARC).any(axis=1)
                   for at in range(0, len(open_heads), 256)]  # fmt: skip
        frontier = open_heads[np.concatenate(reaches)] if reaches else open_heads
        leads[frontier] = True
    return np.flatnonzero(leads)


def _hurdles(problem: Problem, tails: Ints, heads: Ints) -> Iterator[Hurdle]:
    """For each tail the head that it misses by the fewest minutes, if they are few."""
    if not len(heads):
        return
    trips = problem.trips
    latest = np.array([trips[head].latest_min for head in heads])
    origins = [trips[head].origin for head in heads]
    for at in range(0, len(tails), 256):
        rows = tails[at : at + 256]
        ready = np.array([trips[tail].earliest_min + trips[tail].duration_min for tail in rows])
        short = problem.travel.matrix([trips[tail].destination for tail in rows], origins) + ready[:, None] - latest
        short[rows[:, None] == heads] = _MOST_SHORT_MIN + 1
        nearest = short.argmin(axis=1)
        for row, column in enumerate(nearest.tolist()):
            missing = int(short[row, column])
            if 0 < missing <= _MOST_SHORT_MIN:
                yield Hurdle(int(rows[row]), int(heads[column]), missing)


def _distinct(hurdles: list[Hurdle], most: int) -> Iterator[Hurdle]:
    """The first hurdles that share no trip, so that one trip isn't the answer to everything."""
    used: set[int] = set()
    for hurdle in hurdles:
        if len(used) < 2 * most and not used & {hurdle.tail, hurdle.head}:
            used |= {hurdle.tail, hurdle.head}
            yield hurdle
