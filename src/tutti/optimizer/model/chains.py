"""From links to blocks: chains of trips, whether their windows allow them, and where they break."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.model.arcs import NONE, Arcs, Ints
from tutti.optimizer.model.timing import Chain


def chains_and_cycles(successor: Ints) -> tuple[list[list[int]], list[list[int]]]:
    """The paths that `successor` describes (first trip first) and its cycles; together they hold each trip once."""
    follow = successor.tolist()
    is_start = np.ones(len(follow), dtype=bool)
    is_start[successor[successor != NONE]] = False
    seen = np.zeros(len(follow), dtype=bool)
    chains = [_walk(follow, start, seen) for start in np.flatnonzero(is_start).tolist()]
    cycles = [_walk(follow, start, seen) for start in np.flatnonzero(~seen).tolist() if not seen[start]]
    return chains, cycles


def _walk(follow: Sequence[int], start: int, seen: NDArray[np.bool_]) -> list[int]:
    chain = []
    trip = start
    while trip != NONE and not seen[trip]:
        seen[trip] = True
        chain.append(trip)
        trip = follow[trip]
    return chain


def first_break(arcs: Arcs, chain: Chain) -> int | None:
    """Index in `chain` of the first trip that can't be reached within its window; None if the chain is feasible."""
    start = int(arcs.earliest[chain[0]]) if chain else 0
    for position, (trip, following) in enumerate(pairwise(chain), 1):
        arrival = start + int(arcs.duration[trip]) + int(arcs.travel[trip, following])
        start = max(int(arcs.earliest[following]), arrival)
        if start > int(arcs.latest[following]):
            return position
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """When a feasible chain can be driven, minutes: started at t, it can end at max(t + driven, soonest_end).

    driven: all its minutes without a wait. soonest_end: its end if it starts as early as it may. latest_start: of its
    first trip, so that all others are in time.
    """

    driven: int
    soonest_end: int
    latest_start: int

    @classmethod
    def of(cls, arcs: Arcs, chain: Chain) -> "Span":
        """That of a chain."""
        steps = [int(arcs.duration[tail]) + int(arcs.travel[tail, head]) for tail, head in pairwise(chain)]
        soonest, latest = int(arcs.earliest[chain[0]]), int(arcs.latest[chain[-1]])
        for step, head in zip(steps, chain[1:], strict=True):
            soonest = max(soonest + step, int(arcs.earliest[head]))
        for step, tail in zip(reversed(steps), reversed(chain[:-1]), strict=True):
            latest = min(latest - step, int(arcs.latest[tail]))
        last_duration = int(arcs.duration[chain[-1]])
        return cls(sum(steps) + last_duration, soonest + last_duration, latest)


def cut_where_broken(arcs: Arcs, chains: Sequence[Chain]) -> list[list[int]]:
    """The same trips in the same order, each chain cut before every trip that it can't reach in time."""
    pieces = []
    for chain in chains:
        rest = list(chain)
        while (position := first_break(arcs, rest)) is not None:
            pieces.append(rest[:position])
            rest = rest[position:]
        if rest:
            pieces.append(rest)
    return pieces


def feasible_pieces(arcs: Arcs, successor: Ints) -> list[list[int]]:
    """Chains that windows allow, made of `successor`'s links: broken chains are cut, cycles opened."""
    chains, cycles = chains_and_cycles(successor)
    return cut_where_broken(arcs, [*chains, *cycles])


def shortest_breaks(arcs: Arcs, chain: Chain) -> list[list[int]]:
    """The least parts of `chain` that windows forbid, from left to right, one for each place where it breaks."""
    breaks = []
    begin = 0
    while (position := first_break(arcs, chain[begin:])) is not None:
        end = begin + position
        first = end - 1
        while first_break(arcs, chain[first : end + 1]) is None:
            first -= 1
        breaks.append(list(chain[first : end + 1]))
        begin = end
    return breaks


def places(count: Ints) -> Ints:
    """0, 1, ... below each of these counts, one run after another."""
    end = np.cumsum(count)
    within: Ints = np.arange(int(count.sum())) - np.repeat(end - count, count)
    return within


def runs(first: Ints, count: Ints) -> Ints:
    """So many numbers from each of these on, one run after another."""
    numbers: Ints = np.repeat(first, count) + places(count)
    return numbers


def one_after_another(chains: Sequence[Chain]) -> tuple[Ints, Ints]:
    """The trips of all chains, and for each the number of its chain."""
    size = np.array([len(chain) for chain in chains], dtype=np.int64)
    trips = np.array([trip for chain in chains for trip in chain], dtype=np.int64)
    return trips, np.repeat(np.arange(len(chains)), size)
