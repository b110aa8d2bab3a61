"""From a fractional programme over blocks to a plan: fix the surest blocks, add what the rest lacks, and so on.

Diving with column generation at each step (Sadykov et al. 2019).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.block_lp import BlockLP, WeighedBlock
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation
from tutti.optimizer.blocks.nearness import LARGEST_PART, Nearness
from tutti.optimizer.model.arcs import Ints
from tutti.optimizer.state.simplex import InfeasibleError

GAIN = 1e-3  # weighted minutes that a plan has to be better by
_ROUNDS = 50
_NEAR = 0.02  # of what may still be lost: nearer to its end the programme needn't come
_MANY = 250  # open trips: it takes many rounds to get from the programme's own prices back to the best
_NARROWED = 0.7  # of the trips that are priced: with fewer open ones it looks at those alone
_SURE = 0.999
_LOST = 0.3  # of what there was to gain, from which on the end is tried again
_FEW = LARGEST_PART // 2  # open trips: the end
_TIMES = 6  # that it is tried again

_Standing = tuple[list[WeighedBlock], NDArray[np.bool_]]  # blocks that are fixed, trips that are open


@dataclass(frozen=True, slots=True)
class Part:
    """Trips that are planned anew, and the blocks that are kept meanwhile."""

    trips: Ints
    kept: list[WeighedBlock]
    old: list[WeighedBlock]

    @property
    def cost(self) -> float:
        """What the blocks to be replaced weigh."""
        return _cost(self.old)

    def marked(self, n: int) -> NDArray[np.bool_]:
        """Which of all n trips are planned anew."""
        marked = np.zeros(n, dtype=bool)
        marked[self.trips] = True
        return marked


class BlockDive:
    """One dive from a converged programme; its limits stay as the dive leaves them.

    The last trips may go together badly, though nothing was lost before. Then the end is tried again with blocks open
    that lie near to them, others each time.
    """

    def __init__(self, whole: BlockRelaxation, part: Part, nearness: Nearness, n: int, seed: int) -> None:
        self._whole = whole
        self._part = part
        self._nearness = nearness
        self._rng = np.random.default_rng(seed)
        self._dive = replace(whole, may_repeat=False)
        self._fixed: list[WeighedBlock] = []
        self._is_open = part.marked(n)
        self._lost: _Standing | None = None  # where the end began to cost too much

    def run(self, share: float) -> list[WeighedBlock] | None:
        """Blocks for the part that cost less than the old, None if it found none. share: of open trips, at a step."""
        lp, most = self._dive.lp, self._part.cost - GAIN
        if lp.uses_repeats and self._solve(most) > most:
            return None
        wanted = lp.objective + _LOST * (most - lp.objective)
        best = self._go_down(share, wanted, most)
        for _ in range(_TIMES):
            if self._lost is None:
                break
            self._open_again(self._lost)
            most = _cost(best) - GAIN if best else most
            if self._solve(most) <= most:
                self._lost = None
                best = self._go_down(share, wanted, most) or best
        return best

    def _go_down(self, share: float, wanted: float, most: float) -> list[WeighedBlock] | None:
        """Blocks for all open trips that cost no more than `most`; None once there are none by what is fixed.

        wanted: what they cost at most if little is lost; where more is for the first time, the end may begin anew.
        """
        while True:
            chosen = _surest(self._dive.lp, self._is_open, share)
            self._fixed += chosen
            if not self._is_open.any():
                return self._fixed
            if not chosen:  # the fleet's limits leave no bus for what is open
                return None
            cost = self._solve(most)
            if cost > wanted and self._lost is None and self._is_open.sum() <= _FEW:
                self._lost = [*self._fixed], self._is_open.copy()
            if cost > most:
                return None

    def _solve(self, most: float) -> float:
        """Add the blocks of open trips that are missing; what the part costs at least then, with what is fixed.

        Infinite as soon as that is proven to be more than `most`.
        """
        is_narrower = self._is_open.sum() < _NARROWED * self._dive.pricing.size
        if is_narrower:
            self._dive.pricing = self._dive.pricing.only(self._is_open)
        self._dive.lp.fix([*self._part.kept, *self._fixed], self._is_open)
        if is_narrower:
            self._dive.lp.forget_unusable()
        left = most - _cost(self._fixed)

        def is_enough(value: float, objective: float) -> bool:
            return value > left or is_near(value, objective, left, _NEAR)

        self._dive.missing = -math.inf  # what was missing with other trips open says nothing
        try:
            if self._is_open.sum() > _MANY:
                self._dive.look_at_best(self._is_open)
            self._dive.converge(self._is_open, _ROUNDS, is_enough)
        except InfeasibleError:  # the buses that are left can't cost what is proven
            return math.inf
        return math.inf if self._dive.value > left else _cost(self._fixed) + self._dive.lp.objective

    def _open_again(self, standing: _Standing) -> None:
        fixed, is_open = standing
        chosen = self._nearness.around(is_open, fixed, self._rng.random(len(fixed))).tolist()
        self._fixed = [block for block, is_chosen in zip(fixed, chosen, strict=True) if not is_chosen]
        opened = [block for block, is_chosen in zip(fixed, chosen, strict=True) if is_chosen]
        self._is_open = is_open.copy()
        for block in opened:
            self._is_open[list(block.trips)] = True
        self._dive.lp.add(opened)  # they may have been forgotten
        self._dive.pricing = self._whole.pricing.only(self._is_open)


def is_near(value: float, objective: float, most: float, share: float) -> bool:
    """Whether a programme, proven to come to `value`, is so near to its end that a dive makes as good a plan as there.

    share: of what plans that weigh no more than `most` may lose: so much needn't be known.
    """
    return objective < value + max(GAIN, share * (most - value))


def _cost(blocks: Sequence[WeighedBlock]) -> float:
    return sum(block.cost for block in blocks)


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
