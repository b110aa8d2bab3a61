"""From chains of trips to a plan: the cheapest buses for them, exact times, and the limits of whole blocks."""

from collections.abc import Sequence

from tutti.fleet.plan import Objective, Plan
from tutti.fleet.problem import Problem
from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.model.assignment import cheapest_kinds, level_and_deadhead, runnable_pieces
from tutti.optimizer.model.plans import chains_and_kinds, plan_of
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.whole_blocks import WholeBlocks


class PlanMaking:
    """Makes plans of one problem; what it needs for them is worked out at the first.

    unlimited: what the best plan comes to whatever the limits of whole blocks; None without limits.
    """

    def __init__(self, problem: Problem) -> None:
        self.unlimited: Objective | None = None
        self._problem = problem
        self._vehicles: Vehicles | None = None
        self._rules: WholeBlocks | None = None

    def better_plan(
        self, arcs: Arcs, chains: Sequence[Chain], best: Objective | None
    ) -> tuple[Plan, list[list[int]], Ints] | None:
        """The plan that such chains make, its chains and their kinds of bus; None unless it is better than the best."""
        vehicles = self._vehicles = self._vehicles or Vehicles.of(self._problem, arcs)
        pieces = runnable_pieces(vehicles, chains)
        kinds = cheapest_kinds(arcs, vehicles, pieces)
        if kinds is None:
            return None
        reached = level_and_deadhead(arcs, vehicles, pieces, kinds)
        if best is not None and reached > (best.first_level, best.deadhead_min):
            return None
        plan = plan_of(self._problem, arcs, pieces, [vehicles.kinds[kind] for kind in kinds.tolist()])
        if self._problem.limits.any:
            self.unlimited = min(plan.objective, self.unlimited or plan.objective)
            self._rules = self._rules or WholeBlocks(self._problem, arcs)
            kept = self._rules.kept_by(plan)
            if kept is None:
                return None
            plan, (pieces, kinds) = kept, chains_and_kinds(self._problem, vehicles, kept)
        if best is not None and plan.objective >= best:
            return None
        return plan, pieces, kinds
