"""Branch and bound over a list of blocks: two trips are in the same block, or they are not (Ryan, Foster 1981)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.listed_relaxation import ListedRelaxation
from tutti.optimizer.blocks.odd_sets import Together
from tutti.optimizer.model.arcs import Ints

_PART = 1e-4  # how far from whole what is decided on is at least
_SURE = 0.95  # how much two trips are together that the first dive takes to be so
_SHARE = 0.1  # of the pairs that are rather together than not, which the first dive takes to be so at least
_FEW = 3000  # blocks, among which HiGHS chooses at once
_NODES = 100  # of its branch and bound


@dataclass(order=True, slots=True)
class _Node:
    """Blocks that are allowed, by number in the list; no plan of them weighs less than `value`."""

    value: float
    decisions: int
    number: int
    allowed: Ints = field(compare=False)


class ListedTree:
    """Dives for a plan, deciding on the surest trips first, then goes on from the node of least value."""

    def __init__(
        self, relaxation: ListedRelaxation, goal: Callable[[], float], take: Callable[[ListedBlocks], None]
    ) -> None:
        """goal: what plans weigh at most that are looked for. take: gets the plans that are found."""
        self._relaxation = relaxation
        self._goal = goal
        self._take = take
        self._open: list[_Node] = []
        self._unresolved = np.inf
        self._count = 0
        self._dives = True

    @property
    def value(self) -> float:
        """No plan of the list weighs less than this, or than the goal."""
        return min([self._unresolved, *(node.value for node in self._open)])

    def dive(self, together: Together) -> None:
        """Once as deep as plans may be left that weigh no more than the goal.

        together: of the relaxation's last solution, over all blocks of the list.
        """
        root = _Node(self._relaxation.value, 0, 0, np.arange(len(self._relaxation.blocks)))
        node = self._branch(root, together)
        while node is not None:
            node = self._next(node)
        self._dives = False

    def grow(self, nodes: int, iterations: int) -> None:
        """After a dive, until no plan is left, or so many nodes, or simplex iterations of the relaxation all in all.

        Or until a better plan lowers the goal: what then is left to look at is better listed anew than searched on.
        """
        before, node = self._goal(), None
        for _ in range(nodes):
            goal = self._goal()
            self._open = [each for each in self._open if each.value <= goal]
            if self._relaxation.iterations > iterations or (self._open and goal < before):
                break
            if node is None:
                if not self._open:
                    return
                node = min(self._open)
                self._open.remove(node)
            node = self._next(node)
        if node is not None:
            self._open.append(node)

    def _next(self, node: _Node) -> _Node | None:
        """Solve a node; the child to go on with, None if it has none."""
        relaxation = self._relaxation
        together = relaxation.solve(node.allowed, self._take)
        node.value = max(node.value, relaxation.value)
        if node.value > self._goal():
            return None
        node.allowed = node.allowed[relaxation.losses <= self._goal() - relaxation.value]
        if together is None:
            self._unresolved = min(self._unresolved, node.value)
            return None
        return self._branch(node, together)

    def _branch(self, node: _Node, together: Together) -> _Node | None:
        """Decide on the surest pairs; the child where they are together, all others are left open.

        With few blocks, or nothing to decide on, it is solved at once.
        """
        pairs = _pairs(together, surest=self._dives)
        if len(node.allowed) <= _FEW or not pairs:
            choice = self._relaxation.choose(node.allowed, _NODES)
            if choice.blocks is not None:
                self._take(choice.blocks)
            self._unresolved = min(self._unresolved, max(node.value, choice.least))
            return None
        allowed = node.allowed
        for decided, pair in enumerate(pairs, node.decisions + 1):
            among = self._relaxation.blocks.at(allowed).trips
            one, other = ((among == trip).any(axis=1) for trip in pair)
            self._open.append(self._node(node.value, decided, allowed[~(one & other)]))
            allowed = allowed[one == other]
        return self._node(node.value, node.decisions + len(pairs), allowed)

    def _node(self, value: float, decisions: int, allowed: Ints) -> _Node:
        self._count += 1
        return _Node(value, decisions, self._count, allowed)


def _pairs(together: Together, *, surest: bool) -> list[tuple[int, int]]:
    """Trips that are together in part: the surest and all that nearly are; or the least sure, which proves more."""
    share = np.triu(together.pairs, 1)
    one, other = np.nonzero((share > _PART) & (share < 1 - _PART))
    share = share[one, other]
    order = np.argsort(-share if surest else np.abs(share - 0.5), kind="stable")
    likely = int((share > 0.5).sum())
    count = max(1, int((share > _SURE).sum()), math.ceil(_SHARE * likely)) if surest else 1
    one, other = together.trips[one[order[:count]]], together.trips[other[order[:count]]]
    return list(zip(one.tolist(), other.tolist(), strict=True))
