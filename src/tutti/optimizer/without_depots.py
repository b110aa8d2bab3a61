"""Fleets that stand in several depots, planned first as if they stood in none: where they stand costs only deadhead."""

from dataclasses import replace

from tutti.fleet.blocks import BlockLimits
from tutti.fleet.plan import Bound, Objective, Plan
from tutti.fleet.problem import Problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.plans import chains_of
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.progress import Progress
from tutti.optimizer.state.search import Search


def without_depots(problem: Problem) -> Problem | None:
    """The same trips, and the same buses without depots, those that are alike as one type.

    No plan of it has a higher first level than the best of `problem`, and its blocks can be given depots at no cost.
    None if that isn't so, as with blocks that may be only so long, or if there are no fewer kinds of bus then.
    """
    alike: dict[VehicleType, list[VehicleType]] = {}
    for each in problem.vehicle_types:
        alike.setdefault(replace(each, name="", count=None, depots=frozenset()), []).append(each)
    kinds = sum(len(problem.depots_of(each) or (None,)) for each in problem.vehicle_types)
    pays_deadhead = any(each.deadhead_cost_per_min for each in alike)
    if kinds <= len(alike) or pays_deadhead or problem.limits.longest_min is not None:
        return None
    types = []
    for number, (like, ones) in enumerate(alike.items()):
        counts = [one.count for one in ones if one.count is not None]
        is_limited = len(counts) == len(ones) and len(alike) > 1  # fewer buses of a single type are always better
        types.append(replace(like, name=str(number), count=sum(counts) if is_limited else None))
    return replace(problem, vehicle_types=tuple(types), depots=(), limits=BlockLimits())


class Told(Callback):
    """Tells the search of a problem what is found and proven of the one without depots, and is its stopping rule."""

    def __init__(self, search: Search, arcs: Arcs) -> None:
        self._search = search
        self._arcs = arcs

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Give its blocks depots."""
        self._search.offer(self._arcs, chains_of(self._search.problem, self._arcs, plan))

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """A plan costs no less with depots."""
        self._search.prove_level(bound.first_level)

    def rule(self, progress: Progress) -> str | None:
        """Whether the search shall end, or only deadhead is open."""
        if progress.phase != self._search.phase:
            self._search.enter(progress.phase)
        if self._search.wants_stop():
            return "stopped"
        return "planned" if progress.bound.first_level == progress.objective.first_level else None
