"""Tells the runner how far the optimizer is: each better plan and bound, at least five times a second the state."""

import json
import time
from collections.abc import Callable
from typing import Literal

from tutti.execution.known_bound import joined, proves
from tutti.execution.messages import BestPlan, Moment, Report
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status, relative_gap
from tutti.optimizer import Callback, Progress

_STATE_INTERVAL_S = 0.2
_NEWS_INTERVAL_S = 0.05  # better plans and bounds that come faster than that are told together


class Reporter(Callback):
    """Sends what the optimizer tells it. `watch` is a stopping rule that stops only what is proven already.

    known: the bound that earlier attempts at this day have proven.
    """

    def __init__(self, send: Callable[[Report], None], plan_interval_s: float) -> None:
        self._send_report = send
        self._plan_interval_s = plan_interval_s
        self._plan_sent_at = self._state_sent_at = time.monotonic()
        self._plan: Plan | None = None
        self._document = ""
        self._documented: tuple[Plan, Bound] | None = None
        self._news: dict[Literal["incumbent", "bound"], Progress] = {}
        self._day: Day | None = None
        self._known: Bound | None = None

    def resume(self, known: Bound | None) -> None:
        """Earlier attempts have proven this of the day that is begun next."""
        self._known = known

    def begin(self, day: Day | None) -> None:
        """The day that the plans to come are for; None: of a part of it, so that none of them is an answer."""
        self._day = day
        self._known = None if day is None else self._known

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Report the better plan's numbers soon, the plan itself when it is due."""
        self._plan = plan
        self._news["incumbent"] = progress
        self._send_news()
        self._send_plan(progress)

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """Report the better bound."""
        self._news["bound"] = progress
        self._send_news()

    def watch(self, progress: Progress) -> str | None:
        """Report what is new, or the state if the last report is old.

        A reason to stop: an earlier attempt has proven this plan.
        """
        self._send_news()
        if time.monotonic() - self._state_sent_at >= _STATE_INTERVAL_S:
            self._send("progress", progress)
        self._send_plan(progress)
        if self._plan is not None and self._known is not None and proves(self._bound(progress), progress.objective):
            return "an earlier attempt has proven it"
        return None

    def _bound(self, progress: Progress) -> Bound:
        return joined(progress.bound, self._known, progress.objective)

    def _send_news(self) -> None:
        if self._news and time.monotonic() - self._state_sent_at >= _NEWS_INTERVAL_S:
            for event, progress in self._news.items():
                self._send(event, progress)
            self._news.clear()

    def _send(self, event: Literal["incumbent", "bound", "progress"], progress: Progress) -> None:
        bound = self._bound(progress)
        self._send_report(moment(event, progress.phase, progress.seconds, progress.objective, bound))
        self._state_sent_at = time.monotonic()

    def _send_plan(self, progress: Progress) -> None:
        """Send the best plan with its bound if it is due, though it be the same: the seconds that it cost are more."""
        due = time.monotonic() - self._plan_sent_at >= self._plan_interval_s
        if self._plan is None or self._day is None or not due:
            return
        if self._documented != (self._plan, bound := self._bound(progress)):
            certificate = Certificate(
                Status.STOPPED, progress.objective, bound, progress.seconds, "the solver did not end in order"
            )
            self._document = json.dumps(plan_document(self._day, self._plan, certificate))
            self._documented = self._plan, bound
        self._send_report(BestPlan(document=self._document, seconds=progress.seconds))
        self._plan_sent_at = time.monotonic()


def moment(
    event: Literal["incumbent", "bound", "progress"], phase: str, seconds: float, objective: Objective, bound: Bound
) -> Moment:
    """The report of a moment of a solve."""
    return Moment(
        event=event,
        phase=phase,
        seconds=seconds,
        buses=objective.buses,
        deadhead_min=objective.deadhead_min,
        bound_buses=bound.buses,
        bound_deadhead_min=bound.deadhead_min,
        gap=relative_gap(objective, bound),
        cost=objective.cost,
        bound_cost=bound.cost,
    )
