"""How long an attempt waits for its solver: what asks the solver to stop, and when it has had its time."""

import time
from collections.abc import Callable

from tutti.execution.flag import Flag
from tutti.settings import Settings

_ONLY_PLAN_GRACES = 10  # a solver that is to stop gets so many graces if it alone has the plan that is to be kept


class Patience:
    """Goes by this process's monotonic clock; the lease goes by the database's.

    ask: asks the solver to stop, with the reason; called once at most. spent_before_s: of the job's time limits, by
    earlier attempts. keep_best: whether the job is to end with the best plan, for a user asked for that.
    """

    def __init__(self, settings: Settings, closing: Flag, ask: Callable[[str], None]) -> None:
        self._settings = settings
        self._closing = closing
        self._ask = ask
        self._began = time.monotonic()
        self._asked_at: float | None = None
        self._closing_since: float | None = None
        self._ends_with_the_service = False
        self.spent_before_s = 0.0
        self.keep_best = False

    def stop_and_keep_best(self) -> None:
        """End the job soon, with the best plan there is."""
        self.keep_best = True
        self._ask_to_stop("stopped on request")

    def end_with_the_service(self) -> None:
        """When the service shuts down, let the job end by itself for a moment; then ask the solver to stop.

        One that was asked before, and is at work on a plan of all days, has a grace from then on like any other.
        """
        if self._closing.is_set() and not self._ends_with_the_service:
            now = time.monotonic()
            self._closing_since = self._closing_since or now
            if now - self._closing_since >= self._settings.finish_grace_s:
                self._ends_with_the_service = True
                self._ask_to_stop("the service shuts down")
                self._asked_at = now

    def first_plan_is_there(self) -> None:
        """A solver that was to stop before it had a plan is waited for from now on."""
        if self.keep_best:
            self._asked_at = time.monotonic()

    def is_over(self, *, has_plan: bool, has_kept_answer: bool) -> bool:
        """Whether the solver is stuck: it was asked to stop, or should have stopped by itself, and did not in time.

        One that is to keep the best plan gets the time that it needs for a first one (until it `has_plan`), and more to
        send that, or to plan the days of a week that are left: killing it would fail the job, unless it
        `has_kept_answer`, a plan of all days that the attempt holds itself. When the service shuts down the job is
        handed over instead, and someone else gives it that time.
        """
        now, grace_s = time.monotonic(), self._settings.stop_grace_s
        run_s = self.spent_before_s + now - self._began
        if run_s > self._settings.hard_limit_s:
            return True
        may_have_more = self.keep_best and not self._ends_with_the_service
        if self._asked_at is not None and (has_plan or not may_have_more):
            late_s = now - self._asked_at
            is_needed = may_have_more and not has_kept_answer
            return late_s > grace_s and (late_s > _ONLY_PLAN_GRACES * grace_s or not is_needed)
        return run_s > self._settings.soft_limit_s + grace_s

    def _ask_to_stop(self, reason: str) -> None:
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self._ask(reason)
