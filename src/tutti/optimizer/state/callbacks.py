"""What a caller can watch while the optimizer works."""

from tutti.fleet.plan import Bound, Objective, Plan
from tutti.fleet.problem import Problem
from tutti.optimizer.state.progress import Progress
from tutti.optimizer.state.result import Result


class Callback:
    """Override what you need; every method does nothing here.

    An exception in a callback ends the solve as `stopped` with its text as the reason; the plan is kept.
    """

    def on_start(self, problem: Problem) -> None:
        """Solving begins. problem: perhaps without types of bus that no plan needs."""

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """A better plan is there, with exact times."""

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """More is proven than before."""

    def on_end(self, result: Result) -> None:
        """Solving is over."""
