"""Pricing: finds the blocks that the programme over blocks lacks, for all kinds of bus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.block_lp import BlockPrices, WeighedBlock
from tutti.optimizer.blocks.departures import Departures
from tutti.optimizer.blocks.labels import Labels, in_parts
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.nearness import LARGEST_PART
from tutti.optimizer.blocks.priced import Priced, price, price_within
from tutti.optimizer.blocks.simple_blocks import SimpleBlocks
from tutti.optimizer.blocks.weighing import blocks_of, weigh
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import NO_ARC, NONE, Floats, Ints
from tutti.optimizer.model.block_rules import BlockRules
from tutti.optimizer.model.vehicles import Vehicles

_ENDS = 50  # blocks of each kind that are found at a time, each with another last trip
_PASSES = 20  # of pricing for blocks without a trip in common, at most
_PASSES_OF_INTERVALS = 5  # where each takes as long as several
NEGATIVE = 1e-6  # weighted minutes: a block that costs so much less than it is worth may improve the programme


class Repeats(Enum):
    """What becomes of blocks that run a trip more than once, which labels find as they don't know what is behind them.

    TAKEN: found like others. LEFT_OUT: others are found, if any are among the cheapest. AVOIDED: if none are, others
    are looked for, which takes longer.
    """

    TAKEN = auto()
    LEFT_OUT = auto()
    AVOIDED = auto()


class BlockPricing:
    """Labels of all kinds over the given connections: `links[v]` = (tails, heads) for kind v.

    It finds the cheapest blocks, which may be much alike; or the cheapest without a trip in common, then those of the
    trips that they leave over, and so on: together they are nearly a plan, and a large programme makes more of a few
    such blocks than of many that are alike.
    """

    def __init__(
        self,
        lp: FleetLP,
        trips: Ints,
        links: Sequence[tuple[Ints, Ints]],
        poll: Callable[[], None],
        rules: BlockRules,
        *,
        step_min: int = 1,
    ) -> None:
        """trips: those that may be run; connections of others, or of a kind that may not run them, are left out.

        poll: called often enough to stop within 0.2 s, by an exception. rules: that blocks keep.
        step_min: trips start at multiples of so many minutes only, if the length isn't limited. That is
        quicker, but blocks that need other minutes are not found, and prices prove nothing.
        """
        self._lp = lp
        self._poll = poll
        self._trips = trips
        self._links: list[tuple[Ints, Ints]] = []
        may_run = np.zeros(lp.vehicles.able.shape, dtype=bool)
        may_run[:, trips] = lp.vehicles.able[:, trips]
        self._kind, self._trip = np.nonzero(may_run)
        pair = np.cumsum(may_run).reshape(may_run.shape) - 1
        tails, heads, costs = [], [], []
        for kind, (all_tails, all_heads) in enumerate(links):
            both = may_run[kind, all_tails] & may_run[kind, all_heads]
            tail, head = all_tails[both], all_heads[both]
            self._links.append((tail, head))
            tails.append(pair[kind, tail])
            heads.append(pair[kind, head])
            costs.append(lp.arc_cost(tail, head, np.full(len(tail), kind)) - lp.trip_cost[kind, head])
        tail, head, cost = (np.concatenate(each) for each in (tails, heads, costs))
        self._step_min = step_min
        arcs = lp.weights.arcs if step_min == 1 else lp.weights.arcs.on_grid(step_min)
        self._labels = Labels(arcs, self._trip, tail, head, cost, poll=poll)
        self._rules = rules
        length = rules.length
        self._departures = None if length is None else Departures(length, self._labels, self._kind, self._trip)

    @classmethod
    def among(cls, lp: FleetLP, trips: Ints, poll: Callable[[], None], rules: BlockRules) -> "BlockPricing":
        """All connections among a few trips."""
        tail, head = (trips[each] for each in np.nonzero(lp.weights.arcs.travel[np.ix_(trips, trips)] < NO_ARC))
        return cls(lp, trips, [(tail, head)] * lp.vehicles.size, poll, rules)

    def only(self, is_open: NDArray[np.bool_]) -> "BlockPricing":
        """Pricing of blocks of these trips alone, quicker by what it leaves out; to the minute if they are few."""
        trips = self._trips[is_open[self._trips]]
        step_min = self._step_min if len(trips) > LARGEST_PART else 1
        return BlockPricing(self._lp, trips, self._links, self._poll, self._rules, step_min=step_min)

    @property
    def size(self) -> int:
        """How many trips may be run."""
        return len(self._trips)

    @property
    def vehicles(self) -> Vehicles:
        """The kinds of bus."""
        return self._lp.vehicles

    @property
    def moves(self) -> int:
        """How many steps from label to label each pricing goes through."""
        return self._labels.moves

    def cheapest(
        self, prices: BlockPrices, is_open: NDArray[np.bool_], *, disjoint: bool, repeats: Repeats = Repeats.LEFT_OUT
    ) -> "Cheapest":
        """Cheap blocks of open trips at these prices, and what the prices say of all blocks.

        disjoint: without a trip in common.
        """
        first = self._cheapest_ends(prices, is_open, repeats)
        if not disjoint:
            return first
        left = is_open.copy()
        found = _disjoint(first.blocks, left)
        for _ in range((_PASSES if self._departures is None else _PASSES_OF_INTERVALS) - 1):
            more = _disjoint(self._cheapest_ends(prices, left, repeats).blocks, left)
            if not more:
                break
            found += more
        return Cheapest(found, first.missing)

    def _cheapest_ends(self, prices: BlockPrices, is_open: NDArray[np.bool_], repeats: Repeats) -> "Cheapest":
        """The cheapest blocks of each kind with different last trips that cost less than they are worth, sorted."""
        while True:
            self._poll()
            priced = self._priced(prices, is_open)
            by_last = np.array([each.by_last() for each in priced])
            interval, value = by_last.argmin(axis=0), by_last.min(axis=0)
            ends = self._cheapest_of_each_kind(value)
            blocks = self._walked_back(priced, interval[ends], ends)
            kept = self.allowed(blocks)
            if self._departures is None or kept or not self._departures.split(np.unique(interval[ends])):
                break
        least = np.zeros(self._lp.vehicles.able.shape)
        least[self._kind, self._trip] = value.clip(max=0)
        found = [each for each in kept if repeats is Repeats.TAKEN or not each.repeats]
        if kept and not found and repeats is Repeats.AVOIDED:
            found = self._simple([priced[number] for number in np.unique(interval[ends]).tolist()])
        return Cheapest(found, float(least.min(axis=0).sum()))

    def _simple(self, priced: Sequence[Priced]) -> list[WeighedBlock]:
        """Cheap blocks that run no trip more than once, with different last trips, sorted."""
        number = np.searchsorted(self._trips, self._trip)
        simple = []
        for each in priced:
            self._poll()
            simple.append(SimpleBlocks(each, number))
        by_last = np.array([each.by_last() for each in simple])
        ends = self._cheapest_of_each_kind(by_last.min(axis=0))
        return self.allowed(self._walked_back(simple, by_last.argmin(axis=0)[ends], ends))

    def _walked_back(self, priced: Sequence[Priced | SimpleBlocks], interval: Ints, ends: Ints) -> list[WeighedBlock]:
        """The cheapest blocks with these ends, each in its interval."""
        chains: list[list[int]] = [[] for _ in range(len(ends))]
        for number in np.unique(interval).tolist():
            at = np.flatnonzero(interval == number)
            for place, pairs in zip(at.tolist(), priced[number].walked_back(ends[at]), strict=True):
                chains[place] = self._trip[pairs].tolist()
        return blocks_of(self._lp, self._kind[ends], chains)

    def allowed(self, blocks: list[WeighedBlock]) -> list[WeighedBlock]:
        """Those that keep the rules about blocks."""
        if self._rules.are_none:
            return blocks
        listed = ListedBlocks.of(blocks)
        return [blocks[number] for number in np.flatnonzero(self._keeps(listed.kind, listed.trips)).tolist()]

    def _keeps(self, kind: Ints, trips: Ints) -> NDArray[np.bool_]:
        """Which of these keep the rules, so few at a time that a solve can be stopped in between."""
        kept = np.zeros(len(trips), dtype=bool)
        for part in in_parts(len(trips)):
            self._poll()
            kept[part] = self._rules.kept(kind[part], trips[part])
        return kept

    def _cheapest_of_each_kind(self, value: Floats) -> Ints:
        """The pairs of least value, shape (P,), among those of their kind, if it is negative; sorted by it."""
        order = np.lexsort((value, self._kind))
        place = np.arange(len(order)) - np.searchsorted(self._kind, self._kind)
        few = order[(place < _ENDS) & (value[order] < -NEGATIVE)]
        sorted_ends: Ints = few[np.argsort(value[few], kind="stable")]
        return sorted_ends

    def _priced(self, prices: BlockPrices, is_open: NDArray[np.bool_]) -> list[Priced]:
        """The labels at these prices, over open trips alone, for each interval that blocks may leave in."""
        lp, at = self._lp, (self._kind, self._trip)
        begin = (lp.start_cost - prices.begin(lp.vehicles)[:, None])[at]
        own = lp.trip_cost[at] - np.where(is_open, prices.cover, -np.inf)[self._trip]
        if self._departures is None:
            return [price(self._labels, begin, own, lp.end_cost[at])]
        return price_within(self._labels, self._departures.intervals(), begin, own, lp.end_cost[at])

    def all_below(self, prices: BlockPrices, limit: float, most: int) -> ListedBlocks | None:
        """All blocks with a reduced cost of `limit` at most, one for each kind and set of trips; None if too many."""
        lists, count = [], 0
        priced = self._priced(prices, np.ones(self.vehicles.n, dtype=bool))
        for kind in range(self.vehicles.size):
            found = []
            for within in priced:
                self._poll()
                pairs = within.all_below(np.flatnonzero(self._kind == kind), limit, most - count)
                if pairs is None:
                    return None
                found.append(self._listed(kind, np.where(pairs == NONE, NONE, self._trip[pairs])))
            lists.append(ListedBlocks.joined(found).cheapest_of_each_set(self.vehicles.n))
            count += len(lists[-1])
        return ListedBlocks.joined(lists)

    def _listed(self, kind: int, trips: Ints) -> ListedBlocks:
        """The blocks of a kind that keep the rules, of these (B, L): trips in driving order, then NONE."""
        if not self._rules.are_none:
            trips = trips[self._keeps(np.full(len(trips), kind), trips)]
        kinds = np.full(len(trips), kind)
        number, place = np.nonzero(trips != NONE)
        return ListedBlocks(kinds, trips, weigh(self._lp, kinds, trips[number, place], number))


@dataclass(frozen=True, slots=True)
class Cheapest:
    """Blocks, and what is `missing` from the prices to the Lagrangian bound, 0 or negative.

    Any plan costs what the prices of its rows come to plus the reduced costs of its blocks. Each trip ends one block at
    most, so these are no less than the least of each trip, of the blocks that end with it, added up.
    """

    blocks: list[WeighedBlock]
    missing: float


def _disjoint(blocks: Sequence[WeighedBlock], left: NDArray[np.bool_]) -> list[WeighedBlock]:
    """The first blocks whose trips are all left; those are left no more."""
    chosen = []
    for block in blocks:
        trips = list(block.trips)
        if left[trips].all():
            left[trips] = False
            chosen.append(block)
    return chosen
