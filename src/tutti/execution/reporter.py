"""Tells the runner how far the optimizer is: each better plan and bound, at least five times a second the state."""

import json
import time
from multiprocessing.connection import Connection
from typing import Literal

from tutti.execution.messages import BestPlan, Moment
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status, relative_gap
from tutti.optimizer import Callback, Progress

_STATE_INTERVAL_S = 0.2
_NEWS_INTERVAL_S = 0.05  # better plans and bounds that come faster than that are told together


class Reporter(Callback):
    """Writes to the pipe what the optimizer tells it. `watch` is a stopping rule that never stops anything."""

    def __init__(self, pipe: "Connection[bytes, bytes]", plan_interval_s: float) -> None:
        self._pipe = pipe
        self._plan_interval_s = plan_interval_s
        self._plan_sent_at = self._state_sent_at = time.monotonic()
        self._unsent: Plan | None = None
        self._news: dict[Literal["incumbent", "bound"], Progress] = {}
        self._day: Day | None = None

    def begin(self, day: Day | None) -> None:
        """The day that the plans to come are for; None: of a part of it, so that none of them is an answer."""
        self._day = day

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Report the better plan's numbers soon, the plan itself when it is due."""
        self._unsent = plan
        self._news["incumbent"] = progress
        self._send_news()
        self._send_plan(progress)

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """Report the better bound."""
        self._news["bound"] = progress
        self._send_news()

    def watch(self, progress: Progress) -> None:
        """Report what is new, or the state if the last report is old."""
        self._send_news()
        if time.monotonic() - self._state_sent_at >= _STATE_INTERVAL_S:
            self._send("progress", progress)
        self._send_plan(progress)

    def _send_news(self) -> None:
        if self._news and time.monotonic() - self._state_sent_at >= _NEWS_INTERVAL_S:
            for event, progress in self._news.items():
                self._send(event, progress)
            self._news.clear()

    def _send(self, event: Literal["incumbent", "bound", "progress"], progress: Progress) -> None:
        report = moment(event, progress.phase, progress.seconds, progress.objective, progress.bound)
        self._pipe.send_bytes(report.encoded())
        self._state_sent_at = time.monotonic()

    def _send_plan(self, progress: Progress) -> None:
        due = time.monotonic() - self._plan_sent_at >= self._plan_interval_s
        if self._unsent is None or self._day is None or not due:
            return
        certificate = Certificate(
            Status.STOPPED, progress.objective, progress.bound, progress.seconds, "the solver did not end in order"
        )
        document = json.dumps(plan_document(self._day, self._unsent, certificate))
        self._pipe.send_bytes(BestPlan(document=document, seconds=progress.seconds).encoded())
        self._unsent = None
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
