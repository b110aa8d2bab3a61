"""Branches on what a fleet is made of: how many buses of a type, or of one that costs so much, there are in a plan."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from tutti.fleet.proof import Case, Prices, Split
from tutti.optimizer.blocks.block_lp import BlockPrices, FleetLimits, WeighedBlock
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation, is_close
from tutti.optimizer.model.arcs import Floats
from tutti.optimizer.state.simplex import InfeasibleError

_WHOLE = 1e-4
_LITTLE = 0.1  # weighted minutes
_ROUNDS = 200
_HALF = 0.5

_Told = Callable[[BlockPrices], Prices]


@dataclass(order=True, slots=True)
class Leaf:
    """Limits of a fleet, and what is proven of plans within them: none weighs less than `value`.

    prices, missing: what proves `by_prices`. `value` may be known from wider limits.
    """

    value: float
    number: int
    limits: FleetLimits = field(compare=False)
    prices: BlockPrices = field(compare=False)
    missing: float = field(compare=False)
    row: int | None = field(compare=False)  # an amount that is fractional
    amount: float = field(compare=False)
    used: list[WeighedBlock] = field(compare=False)  # of the programme's solution within these limits
    by_prices: float = field(compare=False)
    is_done: bool = field(default=True, compare=False)  # no more rounds would prove more that matters


class FleetTree:
    """Limits of fleets that together leave no plan out which weighs less than `cost`.

    A programme over blocks may use a third of a bus; each split of an amount between two whole numbers leaves that out.
    """

    def __init__(self, whole: BlockRelaxation, cost: float) -> None:
        self.whole = whole
        self.cost = cost
        self._is_open = np.ones(whole.pricing.vehicles.n, dtype=bool)
        self._count = 0
        self.root = self._leaf()
        self.leaves = [self.root]

    @property
    def value(self) -> float:
        """No plan weighs less than this, or than `cost`."""
        return min(max(self.root.value, min(self.leaves).value), self.cost)

    @property
    def telling(self) -> list[Leaf]:
        """The leaves, that of least value first; the root alone where they say hardly more than it."""
        return sorted(self.leaves) if self.value > self.root.value + _LITTLE else [self.root]

    def _leaf(self) -> Leaf:
        whole, self._count = self.whole, self._count + 1
        fleet = whole.lp.fleet
        part = np.abs(fleet - np.round(fleet))[:-1]
        by_type = len(whole.pricing.vehicles.count)
        row = None
        if part.max(initial=0.0) > _WHOLE:
            part[by_type:] += np.where(part[by_type:] > _WHOLE, 1.0, 0.0)  # how many buses there are says more
            row = int(part.argmax())
        amount = 0.0 if row is None else float(fleet[row])
        value = min(whole.value, self.cost)
        return Leaf(
            value, self._count, whole.lp.limits, whole.prices, whole.missing, row, amount, whole.lp.used, value
        )  # fmt: skip

    def cases(self, told: _Told) -> Case:
        """All leaves as a proof has them: the splits that part them, and the prices of each. told: as it has these."""
        limits = self.root.limits
        return self._cases(self.leaves, limits.least[:-1], limits.most[:-1], told)

    def _cases(self, leaves: Sequence[Leaf], least: Floats, most: Floats, told: _Told) -> Case:
        """Of those within these limits, of all amounts but fixed cost."""
        for row, at_most in ((row, value) for leaf in leaves for row, value in enumerate(leaf.limits.most[:-1])):
            within = [leaf for leaf in leaves if leaf.limits.most[row] <= at_most]
            beyond = [leaf for leaf in leaves if leaf.limits.least[row] > at_most]
            if at_most < most[row] and len(within) + len(beyond) == len(leaves):
                amount = self.whole.pricing.vehicles.counted[row]
                lower, higher = most.copy(), least.copy()
                lower[row], higher[row] = at_most, at_most + 1
                sides = self._cases(within, least, lower, told), self._cases(beyond, higher, most, told)
                return Split(amount, int(at_most), *sides)
        return told(leaves[0].prices)

    def grow(self, splits: int) -> None:
        """Split the leaf of least value while that can raise the least, so many times at most.

        What others weigh is worked out no further than a unit of cost above the least, until they are the least.
        """
        while (leaf := min(self.leaves)).value < self.cost:
            if not leaf.is_done:
                self.leaves.remove(leaf)
                self._add_within(leaf, leaf.limits)
            elif leaf.row is None or not splits:
                return
            else:
                splits -= 1
                self._split(leaf, leaf.row)

    def _split(self, leaf: Leaf, row: int) -> None:
        """With fewer and more of an amount; first the side that is nearer, as it weighs less most often."""
        self.leaves.remove(leaf)
        sides = leaf.limits.split(row, leaf.amount)
        for limits in sides if leaf.amount % 1 < _HALF else reversed(sides):
            self._add_within(leaf, limits)

    def finish(self) -> None:
        """Work out what all leaves weigh."""
        leaves, self.leaves = self.leaves, []
        for leaf in leaves:
            self.leaves.append(leaf if leaf.is_done else self._within(leaf, leaf.limits, self.cost))

    def require_level(self, level: int) -> None:
        """All blocks together cost at least so many units of fixed cost, as is proven."""
        self.leaves = [
            replace(leaf, limits=leaf.limits.at_level(level), is_done=False) if leaf.value < self.cost else leaf
            for leaf in self.leaves
        ]

    def _add_within(self, leaf: Leaf, limits: FleetLimits) -> None:
        least = min((each.value for each in self.leaves if each.is_done), default=self.cost)
        one_unit = self.whole.pricing.vehicles.weight
        self.leaves.append(self._within(leaf, limits, min(self.cost, least + one_unit)))

    def _within(self, leaf: Leaf, limits: FleetLimits, enough: float) -> Leaf:
        """The leaf of narrower limits, which says no less than the wider one. enough: it needn't say more than that.

        Where they allow no fleet, it is that of them without a required level, else the wider one, not to be split. It
        could be left out if a bound might rest on a solver's word.
        """

        def is_enough(value: float, objective: float) -> bool:
            return value >= enough or is_close(value, objective)

        for allowed in (limits, limits.at_level(0)):
            self.enter(leaf, allowed)
            with suppress(InfeasibleError):
                self.whole.converge_near(self._is_open, _ROUNDS, is_enough)
                narrower = self._leaf()
                narrower.is_done = not enough <= narrower.value < self.cost
                narrower.value = max(narrower.value, leaf.value)
                return narrower
        self._count += 1
        return replace(leaf, number=self._count, limits=limits, row=None, is_done=True)

    def enter(self, leaf: Leaf, limits: FleetLimits | None = None) -> None:
        """Have the programme within the limits of a leaf, or narrower ones."""
        self.whole.lp.fix([], self._is_open, may_repeat=True)
        self.whole.lp.limit_fleet(limits or leaf.limits)
        self.whole.prices, self.whole.missing = leaf.prices, leaf.missing

    def enter_first(self, leaves: Iterable[Leaf]) -> bool:
        """Solve the programme within the first of these leaves that allows a fleet; whether there is one."""
        for leaf in leaves:
            self.enter(leaf)
            try:
                self.whole.search.solving(self.whole.lp.solve)
            except InfeasibleError:
                continue
            return True
        return False
