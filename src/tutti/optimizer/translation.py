"""Between a solve of a simpler problem and those who asked for the whole one: they hear of plans that they can use."""

from collections.abc import Sequence
from dataclasses import replace

from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status
from tutti.fleet.problem import Problem
from tutti.optimizer.model.whole_blocks import WholeBlocks
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.progress import Progress
from tutti.optimizer.state.result import Result
from tutti.optimizer.state.stop import Stop

_NONE_FOUND = "no plan was found that keeps the rules about blocks with as few buses as there are"


class Translation(Callback):
    """A callback of the simpler solve, and its stopping rule."""

    def __init__(self, problem: Problem, stop: Stop, callbacks: Sequence[Callback]) -> None:
        self._problem = problem
        self._stop = stop
        self._callbacks = callbacks
        self._blocks = WholeBlocks(problem)
        self._plan: Plan | None = None

    def on_start(self, problem: Problem) -> None:
        """Pass it on."""
        for callback in self._callbacks:
            callback.on_start(self._problem)

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Pass on the plan as it keeps the rules if that is better than the one before."""
        kept = self._blocks.kept_by(plan)
        if kept is None or (self._plan is not None and kept.objective >= self._plan.objective):
            return
        self._plan = kept
        for callback in self._callbacks:
            callback.on_incumbent(kept, kept.objective, self._told(progress, kept))

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """Pass on what the bound says of the whole problem."""
        if self._plan is not None:
            told = self._told(progress, self._plan)
            for callback in self._callbacks:
                callback.on_bound(told.bound, told)

    def rule(self, progress: Progress) -> str | None:
        """The stopping rule, asked with what is known of the whole problem."""
        return self._stop(self._told(progress, self._plan))

    def _told(self, progress: Progress, kept: Plan | None) -> Progress:
        if kept is None:  # no gap, for there is no plan that could be used
            return replace(progress, bound=Bound(0))
        return replace(progress, objective=kept.objective, bound=self._bound(progress.bound, kept.objective))

    def _bound(self, bound: Bound, objective: Objective) -> Bound:
        """Without deadhead where the plan is above the first level of it."""
        return replace(bound, deadhead_min=None) if objective.first_level > bound.first_level else bound

    def result(self, result: Result) -> Result:
        """The answer of the simpler solve, told of the whole problem."""
        told = replace(result, plan=self._plan, certificate=self._certificate(result.certificate))
        for callback in self._callbacks:
            callback.on_end(told)
        return told

    def _certificate(self, known: Certificate) -> Certificate:
        if known.bound is None:
            return known
        if self._plan is None:
            return replace(known, status=Status.UNKNOWN, objective=None, bound=None, reasons=(_NONE_FOUND,))
        objective = self._plan.objective
        told = replace(known, objective=objective, bound=self._bound(known.bound, objective))
        if told.gap == 0:
            return replace(told, status=Status.OPTIMAL, stop_reason=None)
        status = Status.FEASIBLE if known.status is Status.OPTIMAL else known.status
        return replace(told, status=status, reasons=(*known.reasons, *self._blocks.ignored()))
