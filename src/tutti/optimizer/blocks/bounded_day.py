"""A day that whole blocks have bounded: the fleets that it can have, plans within their limits, and lists of blocks."""

from collections.abc import Callable, Iterable

from tutti.fleet.proof import Others, Step
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation
from tutti.optimizer.blocks.fleet_tree import FleetTree, Leaf
from tutti.optimizer.blocks.listed_search import MANY, ListedSearch
from tutti.optimizer.bounds.evidence import by_prices
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation

OPEN = 0.01  # of the first level between plan and bound: a dive from here may end buses too high
_SPLITS = 1  # of fleets before such a dive: the first, by the number of buses, tells most
_MOST_SPLITS = 12  # of fleets, before a level that they prove is required
_NEARLY_MIN = 3.0  # weighted minutes that may be open for lists to come before dives


class BoundedDay:
    """Goes on from the programme over blocks of all trips, once that has converged."""

    def __init__(
        self,
        relaxation: FleetRelaxation,
        whole: BlockRelaxation,
        weight: Callable[[], float],
        dive: Callable[[BlockRelaxation], bool],
        others: Others,
        *,
        seed: int,
    ) -> None:
        """weight: of the best plan. dive: plans all trips, from a copy; whether that gave a better plan.

        others: why the links that pricing doesn't look at are in no better plan.
        """
        self._relaxation = relaxation
        self._search = relaxation.search
        self._tree = FleetTree(whole, weight())
        self._weight = weight
        self._dive = dive
        self._seed = seed
        self._lists: ListedSearch | None = None
        self._waits = False  # dives may be needless
        self._others = others
        self._show()

    def plan(self) -> None:
        """Plan all trips within the limits of the least of the fleets there can be, unless lists come first."""
        if self._search.level_gap > OPEN:
            self._split(_SPLITS)
        self._waits = self._is_nearly_closed()
        if not self._waits and not self._plan_least() and len(self._tree.leaves) > 1:
            self._plan_within([self._tree.root])

    def close(self) -> None:
        """Raise the bound by what fleets there can be as far as it goes, and plan within the limits of the least."""
        while not self._search.is_proven and self._split(_MOST_SPLITS):
            pass
        tree = self._up_to_date()
        if not self._waits and len(tree.leaves) > 1:
            self._plan_least()
        if not self._search.is_proven:
            tree.finish()
            self._show()
            self._lists = ListedSearch(self._relaxation, tree.whole.pricing, tree, self._seed)

    def close_lists(self) -> None:
        """Then list what better plans could use; more thoroughly each time. A dive that waited for it comes after."""
        if self._lists is None or self._search.is_proven:
            return
        self._lists.close()
        if self._waits:
            self._waits = False
            self._plan_least()

    def _is_nearly_closed(self) -> bool:
        """Whether so little is open that lists of what better plans could use take less time than a dive."""
        tree = self._up_to_date()
        is_short = tree.whole.pricing.vehicles.n <= MANY and not self._search.has_open_level
        return is_short and tree.cost - tree.value <= _NEARLY_MIN

    def _split(self, splits: int) -> bool:
        """Raise the bound by what fleets there can be, once all is bounded; whether that raised the first level."""
        tree = self._up_to_date()
        tree.grow(splits)
        self._show()
        level = self._relaxation.learn(tree.value)
        if level is not None:
            tree.require_level(level)
        return level is not None

    def _plan_least(self) -> bool:
        """Plan all trips within the limits of the least of the fleets there can be; whether that gave a better plan."""
        if self._search.is_proven:
            return False
        tree = self._up_to_date()
        tree.grow(0)
        return self._plan_within(sorted(tree.leaves))

    def _plan_within(self, leaves: Iterable[Leaf]) -> bool:
        """Plan all trips within the limits of the first of these that allows a fleet; the tree goes on without it."""
        tree = self._up_to_date()
        if self._search.is_proven or not tree.enter_first(leaves):
            return False
        return self._dive(tree.whole.copy())

    def _show(self) -> None:
        """What the prices of all leaves prove, in the place of what they did at the same required level."""
        vehicles, weights = self._tree.whole.pricing.vehicles, self._relaxation.weights
        cases = self._tree.cases(lambda prices: by_prices(vehicles, weights, prices.cover, prices.fleet))
        step = Step(cases, vehicles.weight, vehicles.unit, self._others)
        self._search.show(f"cost by whole blocks, from {self._search.bound.first_level} on", step)

    def _up_to_date(self) -> FleetTree:
        """The fleets there can be, of plans that cost no more than the best now."""
        self._tree.cost = min(self._tree.cost, self._weight())
        return self._tree
