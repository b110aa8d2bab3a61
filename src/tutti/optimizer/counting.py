"""A fleet of one type that is counted, planned as if it weren't: the plan of fewest buses is the one that may do."""

from collections.abc import Sequence
from dataclasses import replace

from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status
from tutti.fleet.problem import Problem
from tutti.optimizer.stages import run_stages
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.progress import Progress, before_a_plan
from tutti.optimizer.state.result import Result, none_found, too_few_buses
from tutti.optimizer.state.stop import Stop
from tutti.optimizer.state.terms import Terms


def run_counted(problem: Problem, terms: Terms) -> Result:
    """As `run_stages`, sooner where all buses are of one type and fewer of them are always better."""
    vehicle = problem.vehicle_types[0]
    has_running_costs = vehicle.deadhead_cost_per_min or vehicle.service_cost_per_min
    if len(problem.vehicle_types) > 1 or vehicle.count is None or has_running_costs:
        return run_stages(problem, terms)
    counted = _Counted(problem, vehicle.count, terms.stop, terms.callbacks)
    free = replace(problem, vehicle_types=(replace(vehicle, count=None),))
    return counted.result(run_stages(free, replace(terms, stop=counted.rule, callbacks=[counted])))


class _Counted(Callback):
    """A callback of the solve without a count, and its stopping rule: others hear of plans that there are buses for."""

    def __init__(self, problem: Problem, count: int, stop: Stop, callbacks: Sequence[Callback]) -> None:
        self._problem = problem
        self._count = count
        self._stop = stop
        self._callbacks = callbacks

    def _fits(self, objective: Objective) -> bool:
        return objective.buses <= self._count

    def on_start(self, problem: Problem) -> None:
        """Pass it on."""
        for callback in self._callbacks:
            callback.on_start(self._problem)

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Pass it on if there are buses for it."""
        if self._fits(objective):
            for callback in self._callbacks:
                callback.on_incumbent(plan, objective, progress)

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """Pass on what it says of such a plan."""
        if self._fits(progress.objective):
            for callback in self._callbacks:
                callback.on_bound(bound, progress)

    def rule(self, progress: Progress) -> str | None:
        """The stopping rule; it is over, too, when more buses are needed than there are."""
        if progress.bound.buses > self._count:
            return "too few buses"
        if not self._fits(progress.objective):
            objective, bound = before_a_plan(len(self._problem.trips))
            progress = replace(progress, objective=objective, bound=bound)
        return self._stop(progress)

    def result(self, result: Result) -> Result:
        """The answer for as many buses as there are."""
        if result.plan is not None and not self._fits(result.plan.objective):
            result = replace(result, plan=None, certificate=self._without_plan(result.certificate))
        for callback in self._callbacks:
            callback.on_end(result)
        return result

    def _without_plan(self, known: Certificate) -> Certificate:
        if known.bound is not None and known.bound.buses > self._count:
            reasons = (too_few_buses(known.bound.buses, self._count),)
            return Certificate(Status.INFEASIBLE, None, None, known.seconds, reasons=reasons)
        reasons = (none_found(self._problem),)
        return Certificate(Status.UNKNOWN, None, None, known.seconds, known.stop_reason, reasons)
