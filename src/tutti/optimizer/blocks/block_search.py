"""Better plans by whole blocks: column generation and dives, for all trips first, then for a few blocks at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.block_lp import BlockLP, BlockPrices, WeighedBlock
from tutti.optimizer.blocks.block_pricing import BlockPricing, blocks_of
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation, is_close
from tutti.optimizer.blocks.fleet_tree import FleetTree
from tutti.optimizer.blocks.listed_search import ListedSearch
from tutti.optimizer.blocks.projection import projected_prices
from tutti.optimizer.bounds.flow import nearest_arcs
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.state.simplex import InfeasibleError

_NEAREST = 30  # successors and predecessors of a trip that blocks of all trips may use
_NEAR_MIN = 60.0  # reduced cost of other connections that they may use
_ROUNDS_IN_DIVE = 12
_ROUNDS_IN_LARGE_DIVE = 5  # while so many trips are open that pricing finds nearly a plan at a time
_NARROWED = 0.7  # of the trips that a dive prices: with fewer open ones it looks at those alone
_SURE = 0.999
_CHEAP_MIN = 5.0  # reduced cost of connections that show which blocks lie near to each other
_CLOSE = 0.05  # of the gap between plan and bound: nearer to the bound the programme needn't come
_GAIN = 1e-3  # weighted minutes
_ROUNDS_FOR_BOUND = 400
_MOST_MOVES = 3_000_000  # between labels, for all kinds of bus together


@dataclass(frozen=True, slots=True)
class Part:
    """Trips that are planned anew, and the blocks that are kept meanwhile."""

    trips: Ints
    kept: list[WeighedBlock]
    old: list[WeighedBlock]

    @property
    def cost(self) -> float:
        """What the blocks to be replaced weigh."""
        return sum(block.cost for block in self.old)


class BlockSearch:
    """Column generation at the prices of a converged relaxation, which are projected from connections to trips."""

    def __init__(self, relaxation: FleetRelaxation, seed: int) -> None:
        self._relaxation = relaxation
        self._search = relaxation.search
        self._lp = relaxation.master
        self._arcs = relaxation.arcs
        self._arc_prices = relaxation.prices()
        self._arc_value = relaxation.value
        self._seed = seed
        self.prices = self._projected()
        self.trips = relaxation.arcs.n
        self._lists: ListedSearch | None = None
        cheap = relaxation.near_arcs(self._arc_prices, _CHEAP_MIN)
        self.near_tail, self.near_head = (np.concatenate(ends) for ends in zip(*cheap, strict=True))

    def _projected(self) -> BlockPrices:
        fleet = np.zeros(len(self._lp.vehicles.amounts))
        fleet[: len(self._arc_prices.count)], fleet[-1] = self._arc_prices.count, self._arc_prices.level
        return BlockPrices(projected_prices(self._relaxation), fleet)

    def incumbent(self) -> list[WeighedBlock]:
        """The blocks of the best plan."""
        return blocks_of(self._lp, self._search.kinds, self._search.chains)

    def losses(self, blocks: Sequence[WeighedBlock]) -> Floats:
        """How much dearer each block is than what it is worth; the sum of all of a plan is the gap to the bound."""
        return self.prices.losses(self._lp.vehicles, blocks)

    def bound_all(self, share: float, patience: float = 1) -> bool:
        """Raise the bound by whole blocks, and plan all trips by them; False if there are too many connections.

        patience: how many times more of them there may be.

        Only connections that a better plan could use count: any plan with another one costs more than the best.
        """
        part = Part(np.arange(self._arcs.n), [], self.incumbent())
        gap = part.cost - self._arc_value + self._relaxation.weights.slack_min
        links = self._relaxation.near_arcs(self._arc_prices, gap)
        pricing = self._priceable(part.trips, links, patience * _MOST_MOVES)
        if pricing is None:
            return False
        whole = replace(self._begin(part, pricing), may_repeat=True)

        def is_enough(value: float, objective: float) -> bool:
            self._relaxation.learn(min(value, part.cost))  # it holds before the end, too: a solve may be stopped
            return self._search.is_proven or is_close(value, objective)

        whole.converge_near(np.ones(self.trips, dtype=bool), _ROUNDS_FOR_BOUND, is_enough)
        self.prices = whole.prices
        self._relaxation.learn(min(whole.value, part.cost))
        if self._search.is_proven:
            return True
        tree = FleetTree(whole, part.cost)
        self._dive(whole, part, share)
        self._close(tree, whole, share)
        self._lists = ListedSearch(self._relaxation, pricing, tree, self._seed)
        self.close_lists()
        return True

    def close_lists(self) -> None:
        """Once all is bounded, list what better plans could use; more thoroughly each time."""
        if self._lists is not None and not self._search.is_proven:
            self._lists.close()

    def _close(self, tree: FleetTree, whole: BlockRelaxation, share: float) -> None:
        """Raise the bound by what fleets there can be, and plan once more within the limits of the least."""
        part = Part(np.arange(self.trips), [], self.incumbent())
        tree.cost = min(tree.cost, part.cost)
        while not self._search.is_proven:
            tree.grow()
            level = self._relaxation.learn(tree.value)
            if level is None:
                break
            tree.require_level(level)
        if not self._search.is_proven and len(tree.leaves) > 1:
            tree.enter(min(tree.leaves))
            self._search.solving(whole.lp.solve)
            self._dive(whole, part, share)

    def _priceable(self, trips: Ints, links: list[tuple[Ints, Ints]], most_moves: float) -> BlockPricing | None:
        """Pricing over these connections if that is quick enough."""
        width = self._arcs.latest - self._arcs.earliest + 1
        if sum(int(width[head].sum()) for _, head in links) > most_moves:
            return None
        return BlockPricing(self._lp, trips, links, self._search.poll)

    def plan_all(self, share: float) -> None:
        """All trips over their near connections, and a dive that fixes that share of the open trips at a time."""
        trips = np.arange(self._arcs.n)
        part = Part(trips, [], self.incumbent())
        pricing = BlockPricing(self._lp, trips, self._near_links(), self._search.poll)
        whole = self._begin(part, pricing)

        def is_close(value: float, objective: float) -> bool:
            return objective < value + max(_GAIN, _CLOSE * (part.cost - value))

        whole.converge(self._is_open(part), 120, is_close)
        if whole.lp.objective < part.cost - _GAIN:
            self._dive(whole, part, share)

    def plan_part(self, blocks: Sequence[WeighedBlock]) -> bool:
        """The trips of these blocks of the best plan over all connections among them; whether that gained."""
        freed = {block.trips for block in blocks}
        trips = np.sort(np.concatenate([np.array(block.trips, dtype=np.int64) for block in blocks]))
        kept = [block for block in self.incumbent() if block.trips not in freed]
        pricing = BlockPricing.among(self._lp, trips, self._search.poll)
        return self._improve(Part(trips, kept, list(blocks)), pricing, 0.25, rounds=40)

    def _near_links(self) -> list[tuple[Ints, Ints]]:
        n = self._arcs.n
        tail, head = nearest_arcs(self._arcs, _NEAREST)
        links = []
        for near_tail, near_head in self._relaxation.near_arcs(self._arc_prices, _NEAR_MIN):
            code = np.union1d(tail * n + head, near_tail * n + near_head)
            links.append((code // n, code % n))
        return links

    def _improve(self, part: Part, pricing: BlockPricing, share: float, rounds: int) -> bool:
        """Find better blocks for a part and offer the plan that they make with those that are kept."""
        whole = self._begin(part, pricing)
        bound = whole.value

        def is_close(value: float, objective: float) -> bool:
            return objective < max(value, bound + _CLOSE * (part.cost - bound)) + _GAIN

        whole.converge(self._is_open(part), rounds, is_close)
        if whole.lp.objective > part.cost - _GAIN:
            return False
        return self._dive(whole, part, share)

    def _is_open(self, part: Part) -> NDArray[np.bool_]:
        is_open = np.zeros(self._arcs.n, dtype=bool)
        is_open[part.trips] = True
        return is_open

    def _begin(self, part: Part, pricing: BlockPricing) -> BlockRelaxation:
        lp = BlockLP(self._lp, seed=self._seed, wants_stop=self._search.wants_stop)
        lp.add(part.old)
        for kind, able in enumerate(self._lp.vehicles.able):
            alone = part.trips[able[part.trips]]
            lp.add(blocks_of(self._lp, np.full(len(alone), kind), alone[:, None].tolist()))
        lp.fix(part.kept, self._is_open(part))
        level = self._relaxation.fixed_level
        if level is not None:
            lp.limit_fleet(lp.limits.at_level(level))  # or it would look for cheaper buses, which there are not
        return BlockRelaxation(self._search, lp, pricing, self.prices)

    def _dive(self, whole: BlockRelaxation, part: Part, share: float) -> bool:
        """Fix the surest blocks, add what is missing for the rest, and so on; whether that gave a better plan."""
        fixed: list[WeighedBlock] = []
        is_open = self._is_open(part)
        dive = replace(whole, may_repeat=False)
        priced = len(part.trips)
        if dive.lp.uses_repeats:
            dive.lp.fix(part.kept, is_open)
            dive.complete(is_open, _ROUNDS_IN_DIVE)
        while True:
            fixed += _surest(dive.lp, is_open, share)
            if not is_open.any():
                return self._search.offer(self._arcs, [block.trips for block in (*part.kept, *fixed)])
            if is_open.sum() < _NARROWED * priced:
                dive.pricing, priced = dive.pricing.only(is_open), int(is_open.sum())
            dive.lp.fix([*part.kept, *fixed], is_open)
            rounds = _ROUNDS_IN_LARGE_DIVE if dive.pricing.is_large else _ROUNDS_IN_DIVE
            try:
                is_complete = dive.complete(is_open, rounds)
            except InfeasibleError:  # the buses that are left can't cost what is proven
                return False
            if is_complete and dive.lp.objective + sum(block.cost for block in fixed) > part.cost - _GAIN:
                return False


def _surest(lp: BlockLP, is_open: NDArray[np.bool_], share: float) -> list[WeighedBlock]:
    """Disjoint blocks, the most used first, closed for what follows: the sure ones and that share of the trips."""
    value = lp.value
    wanted = math.ceil(share * is_open.sum())
    chosen: list[WeighedBlock] = []
    for number in np.argsort(-value, kind="stable").tolist():
        block = lp.blocks[number]
        if value[number] < _SURE and (wanted <= 0 or value[number] < 1e-6):
            break
        trips = list(block.trips)
        if is_open[trips].all():
            is_open[trips] = False
            wanted -= len(trips)
            chosen.append(block)
    return chosen
