"""Tells the runner how far the optimizer is: each better plan and bound, at least five times a second the state."""

import json
import time
from collections.abc import Callable
from typing import Literal

from tutti.execution.messages import BestPlan, Moment, Report
from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status, relative_gap
from tutti.optimizer import Callback, Progress
from tutti.optimizer.known_bound import joined, proves
from tutti.optimizer.planning import Part

_STATE_INTERVAL_S = 0.2
_NEWS_INTERVAL_S = 0.05  # better plans and bounds that come faster than that are told together


class Reporter(Callback):
    """Sends what the optimizer tells it. `watch` is a stopping rule that stops only what is proven already."""

    def __init__(self, send: Callable[[Report], None], plan_interval_s: float) -> None:
        self._send_report = send
        self._plan_interval_s = plan_interval_s
        self._plan_sent_at = self._state_sent_at = time.monotonic()
        self._plan: Plan | None = None
        self._document = ""
        self._documented: tuple[Plan, Bound] | None = None
        self._news: dict[Literal["incumbent", "bound"], Progress] = {}
        self._part: Part | None = None

    def begin(self, part: Part) -> None:
        """What the plans to come are of."""
        self._part, self._plan, self._documented = part, None, None

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

    @property
    def _known(self) -> Bound | None:
        return None if self._part is None else self._part.known

    def _bound(self, progress: Progress) -> Bound:
        return joined(progress.bound, self._known, progress.objective)

    def _seconds(self, progress: Progress) -> float:
        return progress.seconds + (self._part.seconds_before if self._part else 0)

    def _send_news(self) -> None:
        if self._news and time.monotonic() - self._state_sent_at >= _NEWS_INTERVAL_S:
            for event, progress in self._news.items():
                self._send(event, progress)
            self._news.clear()

    def _send(self, event: Literal["incumbent", "bound", "progress"], progress: Progress) -> None:
        bound = self._bound(progress)
        self._send_report(moment(event, progress.phase, self._seconds(progress), progress.objective, bound))
        self._state_sent_at = time.monotonic()

    def _send_plan(self, progress: Progress) -> None:
        """Send the best plan with its bound if it is due, though it be the same: the seconds that it cost are more."""
        due = time.monotonic() - self._plan_sent_at >= self._plan_interval_s
        if self._plan is None or self._part is None or not due:
            return
        if self._documented != (self._plan, bound := self._bound(progress)):
            certificate = Certificate(
                Status.STOPPED, progress.objective, bound, progress.seconds, "the solver did not end in order"
            )
            self._document = json.dumps(self._part.document(self._plan, certificate))
            self._documented = self._plan, bound
        self._send_report(BestPlan(document=self._document, seconds=self._seconds(progress)))
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
