"""Finds the blocks that the programme over blocks lacks, kind by kind of bus, and knows what a block weighs."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.arcs import NO_ARC, Floats, Ints
from tutti.optimizer.block_lp import WeighedBlock
from tutti.optimizer.fleet_lp import FleetLP
from tutti.optimizer.labels import Labels

_ENDS = 400  # last trips of each kind that are looked at in a pass


class BlockPricing:
    """Labels for every kind over the given connections: `links[v]` = (tails, heads) for kind v."""

    def __init__(self, lp: FleetLP, trips: Ints, links: Sequence[tuple[Ints, Ints]], poll: Callable[[], None]) -> None:
        """trips: those that may be run. poll: called often enough to stop within 0.2 s, by an exception."""
        self._lp = lp
        self._poll = poll
        self._labels = []
        for kind, (tail, head) in enumerate(links):
            cost = lp.arc_cost(tail, head, np.full(len(tail), kind)) - lp.trip_cost[kind, head]
            self._labels.append(Labels(lp.weights.arcs, trips[lp.vehicles.able[kind, trips]], tail, head, cost))

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
            for kind, chain in self._candidates(np.where(left, cover, -np.inf), count):
                if len(set(chain)) == len(chain) and not taken[chain].any():  # labels may run a trip twice
                    taken[chain] = True
                    found.append(block_of(self._lp, kind, chain))
            left &= ~taken
            if not left.any() or not taken.any():
                break
        return found

    def _candidates(self, price: Floats, count: Floats) -> list[tuple[int, list[int]]]:
        """(kind, chain of trips) by reduced cost, the lowest first."""
        lp = self._lp
        begin = lp.start_cost - count[lp.vehicles.type_of][:, None]
        costs, candidates = [], []
        for kind, labels in enumerate(self._labels):
            priced = labels.price(begin[kind], lp.trip_cost[kind], price, lp.end_cost[kind])
            cost, ends = priced.cheapest_ends(_ENDS)
            costs.append(cost)
            candidates += [(kind, chain) for chain in priced.walked_back(ends)]
        return [candidates[number] for number in np.argsort(np.concatenate(costs), kind="stable").tolist()]


def block_of(lp: FleetLP, kind: int, chain: Sequence[int]) -> WeighedBlock:
    """A chain of trips run by a kind of bus, with what it weighs."""
    trips = np.array(chain, dtype=np.int64)
    links = lp.arc_cost(trips[:-1], trips[1:], np.full(len(trips) - 1, kind)).sum()
    ends = lp.start_cost[kind, trips[0]] + lp.trip_cost[kind, trips[0]] + lp.end_cost[kind, trips[-1]]
    return WeighedBlock(kind, tuple(trips.tolist()), float(ends + links))
