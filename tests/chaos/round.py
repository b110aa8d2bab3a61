"""One round: jobs are submitted, faults strike while they run, and the outcome is put together."""

from collections.abc import Sequence
from contextlib import ExitStack
from random import Random
from threading import Event, Thread
from typing import Any

from tests.chaos.customer import Customer
from tests.chaos.faults import Blow, Fault
from tests.chaos.fleet import Fleet, until
from tests.chaos.history import History, histories
from tests.chaos.invariants import doubled, inconsistent, lost
from tests.chaos.outcome import Outcome

_SECONDS_A_JOB = 10.0
_END_S = 15.0  # what is left of a dead worker may end its job first: its solver's longest time limit and some


class Round:
    """Faults and the jobs that they happen to. `violations` has a sentence for each promise that was broken."""

    def __init__(
        self,
        fleet: Fleet,
        strikes: Sequence[Fault],
        days: Sequence[dict[str, Any]],
        *,
        apart: bool = False,
        most_active: int | None = None,
    ) -> None:
        """apart: each fault finds the fleet whole; otherwise it may come upon what the one before left behind.

        most_active: so many days wait or run at a time, and none is submitted after the last strike; None: all at once.
        """
        self._fleet = fleet
        self._strikes = strikes
        self._days = days
        self._apart = apart
        self._most_active = most_active
        self.violations: list[str] = []

    def run(self, rng: Random) -> list[Outcome]:
        """Everything, from the first submission to the last check; the outcome of each fault."""
        with ExitStack() as around, Customer(self._fleet.addresses) as customer:
            for fault in dict.fromkeys(self._strikes):
                around.enter_context(fault.around(self._fleet))
            self._fleet.mend()
            struck = Event()
            submitting = Thread(target=self._submit, args=(customer, struck))
            submitting.start()
            try:
                blows = [(fault, self._strike(fault, rng)) for fault in self._strikes]
            finally:
                struck.set()
                submitting.join()
            customer.wait(60 + _SECONDS_A_JOB * len(self._days))
            self._fleet.mend()
            return self._judge(customer, blows)

    def _submit(self, customer: Customer, struck: Event) -> None:
        if self._most_active is None:
            customer.submit_all(self._days)
        else:
            customer.keep_busy(self._days, self._most_active, struck)

    def _strike(self, fault: Fault, rng: Random) -> Blow:
        if self._apart:
            self._fleet.mend()
        return fault.strike(self._fleet, rng)

    def _judge(self, customer: Customer, blows: list[tuple[Fault, Blow]]) -> list[Outcome]:
        changed = [job_id for job_id, seen in customer.plans.items() if customer.fingerprint(job_id) != seen]
        stories = histories(self._fleet.engine, customer.name)
        losses, doubles = lost(customer.accepted, stories), doubled(customer.accepted, stories, changed)
        hit = {job.job_id for _, blow in blows for job in blow.hit}
        outcomes = {
            fault: Outcome(
                fault.name,
                jobs=len(customer.accepted),
                lost=len(losses),
                double=len(doubles),
                failed=sum(story.state == "failed" for story in stories),
                moved=sum(story.fence > 1 for story in stories if story.job_id not in hit),
            )
            for fault, _ in blows
        }
        for fault, blow in blows:
            _measure(outcomes[fault], blow, {story.job_id: story for story in stories})
        self.violations = [*losses, *doubles, *inconsistent(stories), *_unplanned(stories), *self._left_behind()]
        return list(outcomes.values())

    def _left_behind(self) -> list[str]:
        try:
            until(lambda: not self._fleet.orphans(), "", _END_S)
        except AssertionError:
            return [f"process {pid} outlived its worker" for pid in self._fleet.orphans()]
        return []


def _measure(outcome: Outcome, blow: Blow, histories: dict[str, History]) -> None:
    """How long it took until the jobs hit were claimed again, and what was lost of each."""
    outcome.times += 1
    if not blow.hit:
        claims = [claim for history in histories.values() for claim in history.after(blow.since, "started")]
        outcome.recovery_s += [min(claims) - blow.since] if claims else []
    for job in blow.hit:
        claims = histories[job.job_id].after(blow.since, "started")
        if claims:  # otherwise it had ended just before
            outcome.noticed_s += [at - blow.since for at in histories[job.job_id].after(blow.since, "queued")[:1]]
            outcome.recovery_s.append(min(claims) - blow.since)
            outcome.lost_work_s.append(job.unsaved_s)


def _unplanned(histories: list[History]) -> list[str]:
    """Every day of the load has a plan, and no fault is one of the job itself."""
    return [
        f"{history.job_id} is {history.state}: {history.happenings[-1].data}"
        for history in histories
        if history.state in ("failed", "cancelled")
    ]
