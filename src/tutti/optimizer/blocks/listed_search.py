"""Closes what is left between plan and bound: lists all blocks that a plan near the bound can use, and searches them.

Route enumeration within a gap, and the set partitioning of what it finds (Baldacci, Christofides, Mingozzi 2008).
"""

import math

from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.fleet_tree import FleetTree, Leaf
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.listed_relaxation import ListedRelaxation
from tutti.optimizer.blocks.listed_tree import ListedTree
from tutti.optimizer.blocks.weighing import blocks_of
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation

_LEAVES = 4  # limits of fleets within which blocks are listed
_WIDER = 3  # times as many minutes are looked through next
_MOST_BLOCKS = 150_000  # in a list at first, twice as many the next time
_MOST_AT_LAST = 600_000  # in one that closes the day
MANY = 250  # trips: of more, column generation takes long to its end, and so long a list longer than parts take
_MOST_IN_TREE = 150_000  # blocks that branch and bound gets anywhere with
_PATIENCE = (1, 10)  # rounds of inequalities without gain before the dives for a plan
_NODES = 400  # of branch and bound
_ITERATIONS = 20_000  # of the simplex method before no more nodes are looked at, twice as many the next time
_ROUNDING = 1e-3  # weighted minutes


class ListedSearch:
    """Looks for plans nearer and nearer to the best one, and proves that there are none.

    A plan that uses a block of reduced cost r weighs at least what the prices prove + r. So plans that weigh so much
    more than that at most are made of blocks whose reduced costs are no more.
    """

    def __init__(self, relaxation: FleetRelaxation, pricing: BlockPricing, tree: FleetTree, seed: int) -> None:
        self._relaxation = relaxation
        self._search = relaxation.search
        self._pricing = pricing
        self._tree = tree
        self._seed = seed
        self._effort = 0
        self._slack_min = relaxation.weights.slack_min + _ROUNDING

    def close(self) -> None:
        """Plan within the limits of the leaves of least value, and raise these; with more effort each time."""
        self._effort += 1
        for leaf in self._tree.telling[:_LEAVES]:
            self._close(leaf)

    def _close(self, leaf: Leaf) -> None:
        """Look for plans that weigh the least that is possible, a minute more, three more, and so on.

        Where a list is too long, half way back to what has been looked through; anew, and shorter, after a better plan.
        """
        closed_min, too_long_min, above_min = -1.0, math.inf, 0.0
        least = math.ceil(leaf.value - self._slack_min + _ROUNDING / 2) + self._slack_min
        while not self._search.is_proven and leaf.value <= self._better() and above_min > closed_min:
            most = min(self._better(), least + above_min)
            blocks = self._pricing.all_below(leaf.prices, most - leaf.by_prices, self._most_blocks(most))
            if blocks is None:
                too_long_min = math.floor(most - least + _ROUNDING)
            elif self._raise(leaf, self._least_among(blocks, leaf, most), most):
                closed_min = above_min
            elif self._better() >= most:
                break
            above_min = min(max(1.0, _WIDER * closed_min), (closed_min + too_long_min) // 2)

    def _most_blocks(self, most: float) -> int:
        """How long a list may be of what plans need that weigh so much at most."""
        is_last = most >= self._better() and self._pricing.vehicles.n <= MANY
        return max(self._effort * _MOST_BLOCKS, _MOST_AT_LAST if is_last else 0)

    def _raise(self, leaf: Leaf, least: float, most: float) -> bool:
        """Tell that no plan within the leaf weighs less than `least` or `most`; whether none up to it is better."""
        is_closed = least > min(most, self._better())
        leaf.value = max(leaf.value, min(least, most))
        if leaf.value > self._better() - _ROUNDING and is_closed:
            leaf.value = self._tree.cost
        self._relaxation.learn(min(self._tree.value, self._cost()))
        return is_closed

    def _least_among(self, blocks: ListedBlocks, leaf: Leaf, most: float) -> float:
        """Offer the best plan of these blocks; none of them that weighs no more than `most` weighs less than this."""

        def goal() -> float:
            return min(most, self._better())

        penalty = self._relaxation.master.penalty
        vehicles = self._pricing.vehicles
        relaxation = ListedRelaxation(self._search, blocks, vehicles, leaf, penalty=penalty, seed=self._seed)
        before = goal()
        for patience in _PATIENCE:
            together, value = relaxation.tighten(goal, self._take, patience), relaxation.value
            if together is None or value > goal():
                return value
            tree = ListedTree(relaxation, goal, self._take)
            tree.dive(together)
            if goal() < before:
                return value
        if len(relaxation.blocks) > _MOST_IN_TREE:
            return value
        tree.grow(_NODES, self._effort * _ITERATIONS)
        return tree.value

    def _take(self, blocks: ListedBlocks) -> None:
        self._search.offer(self._relaxation.arcs, [block.trips for block in blocks.weighed()])

    def _cost(self) -> float:
        """What the best plan weighs."""
        incumbent = blocks_of(self._relaxation.master, self._search.kinds, self._search.chains)
        return sum(block.cost for block in incumbent)

    def _better(self) -> float:
        """What plans weigh at most that are better than the best by a minute or more."""
        return math.floor(self._cost() + _ROUNDING) - 1 + self._slack_min
