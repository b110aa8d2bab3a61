"""Callbacks and stopping rules that remember what they were told."""

from dataclasses import dataclass, field

from tutti.fleet.plan import Bound, Objective, Plan
from tutti.fleet.problem import Problem
from tutti.optimizer import Callback, Progress, Result


@dataclass
class Recorder(Callback):
    """Keeps everything that a solve told, in order."""

    started: list[Problem] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    ended: list[Result] = field(default_factory=list)

    def on_start(self, problem: Problem) -> None:
        self.started.append(problem)

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        self.plans.append(plan)
        self.objectives.append(objective)
        self.progress.append(progress)

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        self.bounds.append(bound)
        self.progress.append(progress)

    def on_end(self, result: Result) -> None:
        self.ended.append(result)


@dataclass
class StopAt:
    """Stops when it is asked for the `poll`-th time (1 = the first); None: only counts."""

    poll: int | None = None
    asked: list[Progress] = field(default_factory=list)

    def __call__(self, progress: Progress) -> str | None:
        self.asked.append(progress)
        return f"poll {self.poll}" if len(self.asked) == self.poll else None
