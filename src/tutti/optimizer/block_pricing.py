"""Finds the blocks that the programme over blocks lacks, type by type, and knows what a block weighs."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.arcs import NO_ARC, Floats, Ints
from tutti.optimizer.block_lp import WeighedBlock
from tutti.optimizer.fleet_lp import FleetLP
from tutti.optimizer.labels import Labels, Priced

_ENDS = 400  # last trips of each type that are looked at in a pass


class BlockPricing:
    """Labels for every type over the given connections: `links[v]` = (tails, heads) for type v."""

    def __init__(self, lp: FleetLP, trips: Ints, links: Sequence[tuple[Ints, Ints]], poll: Callable[[], None]) -> None:
        """trips: those that may be run. poll: called often enough to stop within 0.2 s, by an exception."""
        self._lp = lp
        self._poll = poll
        self._labels = []
        for type_, (tail, head) in enumerate(links):
            cost = lp.arc_cost(tail, head, np.full(len(tail), type_)) - lp.trip_cost[type_, head]
            self._labels.append(Labels(lp.weights.arcs, trips[lp.vehicles.able[type_, trips]], tail, head, cost))

    @classmethod
    def among(cls, lp: FleetLP, trips: Ints, poll: Callable[[], None]) -> "BlockPricing":
        """All connections among a few trips."""
        tail, head = (trips[each] for each in np.nonzero(lp.weights.arcs.travel[np.ix_(trips, trips)] < NO_ARC))
        able = lp.vehicles.able
        links = [(tail[both], head[both]) for both in (able[:, tail] & able[:, head])]
        return cls(lp, trips, links, poll)

    def blocks(self, cover: Floats, count: Floats, is_open: NDArray[np.bool_], passes: int) -> list[WeighedBlock]:
        """Blocks that are cheap at these prices: in each pass disjoint ones, of trips that no pass before has taken.

        The cheapest blocks all want the same few trips. What a programme needs to get better is blocks that go together
        (complementary columns; Ghoniem, Sherali 2009), so each pass finds the best for what the others leave.
        """
        left = is_open.copy()
        found: list[WeighedBlock] = []
        for _ in range(passes):
            self._poll()
            taken = np.zeros_like(left)
            for type_, priced, end in self._candidates(np.where(left, cover, -np.inf), count):
                if taken[priced.last_trip(end)]:
                    continue
                chain = priced.walked_back(end)
                if len(set(chain)) == len(chain) and not taken[chain].any():  # labels may run a trip twice
                    taken[chain] = True
                    found.append(block_of(self._lp, type_, chain))
            left &= ~taken
            if not left.any() or not taken.any():
                break
        return found

    def _candidates(self, price: Floats, count: Floats) -> list[tuple[int, Priced, int]]:
        """(type, labels, last trip) of blocks by reduced cost, the lowest first."""
        begin = self._lp.vehicles.start_cost() - count
        candidates = []
        for type_, labels in enumerate(self._labels):
            priced = labels.price(float(begin[type_]), self._lp.trip_cost[type_], price)
            candidates += [(cost, type_, end, priced) for cost, end in priced.cheapest_ends(_ENDS)]
        candidates.sort(key=lambda candidate: candidate[:3])
        return [(type_, priced, end) for _, type_, end, priced in candidates]


def block_of(lp: FleetLP, type_: int, chain: Sequence[int]) -> WeighedBlock:
    """A chain of trips run by a type, with what it weighs."""
    trips = np.array(chain, dtype=np.int64)
    links = lp.arc_cost(trips[:-1], trips[1:], np.full(len(trips) - 1, type_)).sum()
    cost = lp.vehicles.start_cost()[type_] + lp.trip_cost[type_, trips[0]] + links
    return WeighedBlock(type_, tuple(trips.tolist()), float(cost))
