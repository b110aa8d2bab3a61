"""One attempt at a claimed job, from its claim to one of its ends: the only way in which a job is ever run."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tutti.execution.errors import SolverDiedError
from tutti.execution.messages import BestPlan, Finished, Moment, Refused, Solve, Warned
from tutti.execution.solver_slot import SolverSlot
from tutti.fleet.plan import Status
from tutti.jobs.checkpoints import Checkpoint, note_spent, save_checkpoint
from tutti.jobs.database import Database
from tutti.jobs.errors import LeaseLostError
from tutti.jobs.events import Event, Kind
from tutti.jobs.leases import Lease, Work, beat, complete, excuse, fail, hand_back
from tutti.jobs.recovery import exhausted
from tutti.settings import Settings
from tutti.telemetry.metrics import SOLVE_MEMORY
from tutti.telemetry.tracing import happened, span

logger = logging.getLogger(__name__)

Announce = Callable[[str, Mapping[str, Any] | None], None]
"""Told the id of a job that has changed, and its progress if it has any; whoever watches it looks again."""


class Flag(Protocol):
    """Set when the service is to end: a threading.Event, or one that processes share."""

    def is_set(self) -> bool:
        """Whether it is set."""

    def wait(self, timeout: float) -> bool:
        """Whether it is set within the time, in seconds."""


_Writer = TypeVar("_Writer", Session, Connection)

_NEWS_INTERVAL_S = 0.2  # a better plan or bound is written this soon, though a heartbeat is not due
_LOOK_INTERVAL_S = 0.2  # how often limits and the shutdown are looked at while the solver is silent
_WRITE_RETRY_S = 0.5
_ONLY_PLAN_GRACES = 10  # a solver that is to stop gets so many graces if it alone has the plan that is to be kept


@dataclass(frozen=True, slots=True)
class Completion:
    """What a job was completed with, JSON texts: its plan's document, and the same in the kept shape if it is there."""

    document: str
    schedule: str | None


class Attempt:
    """Feeds a solver process with a job and keeps the job store up to date, until the job ends or is given back.

    announce: told what is new while the job runs; whoever runs it tells of its end, with `progress`. Time limits and
    grace go by this process's monotonic clock; the lease goes by the database's.
    """

    def __init__(
        self,
        lease: Lease,
        work: Work,
        slot: SolverSlot,
        *,
        database: Database,
        settings: Settings,
        announce: Announce,
        closing: Flag,
        with_schedule: bool = False,
    ) -> None:
        self._database = database
        self._settings = settings
        self._announce = announce
        self._lease = lease
        self._work = work
        self._slot = slot
        self._solver = slot.process()
        self._closing = closing
        self._with_schedule = with_schedule
        self._began = self._beaten_at = time.monotonic()
        self._spent_before_s = 0.0
        self._stop_asked_at: float | None = None
        self._keep_best = False
        self._closing_since: float | None = None
        self._was_stuck = False
        self._best: Checkpoint | None = None
        self._saved: Checkpoint | None = None
        self.progress: dict[str, Any] | None = None
        self._news: dict[Kind, Event] = {}
        self._completion: Completion | None = None

    def run(self) -> Completion | None:
        """Run the job; what it was completed with, if it was.

        Whatever happens to the solver is written down; nothing is raised but programming errors.
        """
        lease = self._lease
        with span("attempt", parent=lease.traceparent, kind="consumer", job_id=lease.job_id, attempt=lease.attempt):
            try:
                with span("solve", solver_pid=self._solver.pid):
                    answer = self._solve()
                self._conclude(answer)
            except SolverDiedError as death:
                self._slot.renew()
                self._after_death(death)
            except LeaseLostError as lost:
                logger.info("%s", lost)
                self._slot.renew()
                self._excuse()
        return self._completion

    def _solve(self) -> Finished | Refused | None:
        """The solver's answer; None if it gave none in time and was killed."""
        self._give(self._work)
        while True:
            match report := self._solver.receive(min(_LOOK_INTERVAL_S, self._beat_due_s())):
                case Finished() | Refused():
                    return report
                case Moment():
                    self._note(report)
                case BestPlan():
                    self._best = Checkpoint(report.document, self._spent_before_s + report.seconds)
                case Warned(message=message):
                    self._news[Kind.WARNING] = Event(Kind.WARNING, {"message": message})
            if self._overdue():
                self._was_stuck = True
                self._slot.renew()
                return None
            self._beat_if_due()
            self._end_with_the_service()

    def _end_with_the_service(self) -> None:
        """When the service shuts down, let the job end by itself for a moment; then ask the solver to stop."""
        if self._closing.is_set():
            self._closing_since = self._closing_since or time.monotonic()
            if time.monotonic() - self._closing_since >= self._settings.finish_grace_s:
                self._ask_to_stop("the service shuts down")

    def _give(self, work: Work) -> None:
        initial = None
        if work.checkpoint is not None:
            self._best = self._saved = work.checkpoint
            self._spent_before_s = work.checkpoint.spent_s
            initial = work.checkpoint.document
        settings = self._settings
        self._solver.solve(
            Solve(
                content=work.content,
                initial=initial,
                soft_limit_s=settings.soft_limit_s,
                spent_s=self._spent_before_s,
                plan_interval_s=settings.checkpoint_s,
                with_schedule=self._with_schedule,
            )
        )
        if work.stop_requested:
            self._stop_and_keep_best()

    def _note(self, moment: Moment) -> None:
        progress = moment.progress(self._spent_before_s)
        if self.progress is None or self.progress["phase"] != moment.phase:
            happened(moment.phase, solving_s=moment.seconds, buses=moment.buses, bound_buses=moment.bound_buses)
        if self.progress is None and self._keep_best:
            self._stop_asked_at = time.monotonic()
        if self.progress is not None:
            progress["percent"] = max(progress["percent"], self.progress["percent"])
        self.progress = progress
        kind = Kind(moment.event)
        self._news[kind] = Event(kind, progress)

    def _beat_due_s(self) -> float:
        """Seconds until the next heartbeat: soon if there is a better plan or bound to tell of."""
        has_news = bool(self._news.keys() - {Kind.PROGRESS})
        pause_s = _NEWS_INTERVAL_S if has_news else self._settings.heartbeat_s
        return self._beaten_at + pause_s - time.monotonic()

    def _beat_if_due(self) -> None:
        if self._beat_due_s() > 0:
            return
        self._beaten_at = time.monotonic()
        try:
            with self._database.writing() as session:
                stop = beat(
                    session,
                    self._lease,
                    lease_s=self._settings.lease_s,
                    progress=self.progress,
                    events=list(self._news.values()),
                )
                self._save_best(session)
        except OperationalError as error:  # the store is away: go on, the fencing token decides what still counts
            logger.warning("no heartbeat: %s", error.orig)
            return
        self._saved = self._best
        self._tell()
        if stop:
            self._stop_and_keep_best()

    def _save_best(self, session: Session) -> None:
        """Keep the best plan, or only what it has cost if it is the one that is kept."""
        if self._best is None or self._best is self._saved:
            return
        if self._saved is not None and self._saved.document == self._best.document:
            note_spent(session, self._lease.job_id, self._best.spent_s)
        else:
            save_checkpoint(session, self._lease.job_id, self._best)

    def _tell(self) -> None:
        if self._news:
            self._announce(self._lease.job_id, self.progress)
        self._news.clear()

    def _stop_and_keep_best(self) -> None:
        self._keep_best = True
        self._ask_to_stop("stopped on request")

    def _ask_to_stop(self, reason: str) -> None:
        if self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()
            self._solver.stop(reason)

    def _overdue(self) -> bool:
        """Whether the solver is stuck: it was asked to stop, or should have stopped by itself, and did not in time.

        One that is to keep the best plan gets the time that it needs for a first one, and more to send that, or to plan
        the days of a week that are left: killing it would fail the job.
        """
        now, grace_s = time.monotonic(), self._settings.stop_grace_s
        run_s = self._spent_before_s + now - self._began
        if run_s > self._settings.hard_limit_s:
            return True
        if self._stop_asked_at is not None and (self.progress is not None or not self._keep_best):
            late_s = now - self._stop_asked_at
            return late_s > grace_s and (late_s > _ONLY_PLAN_GRACES * grace_s or not self._solver_alone_has_plan())
        return run_s > self._settings.soft_limit_s + grace_s

    def _solver_alone_has_plan(self) -> bool:
        """Whether the job can't end well without the solver: it has sent no plan yet, or not those of all days."""
        has_answer = self._best is not None and self._best.is_answer
        return self._keep_best and not has_answer and not self._closing.is_set()

    def _conclude(self, answer: Finished | Refused | None) -> None:
        """Write down how it ended."""
        best = self._best
        match answer:
            case None if self._closing.is_set() and not (self._keep_best and best is not None):
                self._hand_over(None)
            case None if best is not None and self._may_keep(best):
                self._complete(Completion(best.document, None), stopped=self._keep_best)
            case None if best is not None:
                self._fail("out_of_time", "the solver did not stop in order when its time was over, and was killed")
            case None:
                self._fail("no_plan_in_time", "the solver had no plan when its time was over and did not stop in order")
            case Refused(code="out_of_memory", message=message):
                raise SolverDiedError("out_of_memory", message)
            case Refused(code=code, message=message):
                self._fail(code, message)
            case Finished(status=Status.INFEASIBLE, reasons=reasons):
                self._fail("infeasible", "no plan exists: " + "; ".join(reasons))
            case Finished(status=Status.UNKNOWN, reasons=reasons):
                self._fail("no_plan_found", "; ".join(reasons))
            case Finished(status=Status.STOPPED) if self._closing.is_set() and not self._keep_best:
                self._hand_over(Checkpoint(answer.document, self._spent_before_s + answer.seconds))
            case Finished(status=status, document=document, last=last):
                if last is not None:
                    self._note(last)
                SOLVE_MEMORY.labels(self._lease.queue).observe(self._solver.peak_bytes())
                completion = Completion(document, answer.schedule)
                stopped = self._keep_best and status == Status.STOPPED
                self._complete(completion, stopped=stopped, limit_s=answer.limit_s)

    def _may_keep(self, best: Checkpoint) -> bool:
        """Whether the job may end with the best plan of a solver that was killed."""
        return (self._keep_best or self._settings.when_out_of_time == "keep") and best.is_answer

    def _complete(self, completion: Completion, *, stopped: bool, limit_s: float | None = None) -> None:
        limit_s = limit_s or self._settings.soft_limit_s
        self.progress = progress = {**(self.progress or {}), "percent": 100, "phase": "done"}

        warning = "the solver did not stop in order and was killed; its last plan is taken" if self._was_stuck else None

        def write(connection: Connection) -> None:
            complete(
                connection,
                self._lease,
                completion.document,
                stopped=stopped,
                progress=progress,
                limit_s=limit_s,
                warning=warning,
            )

        if self._write(self._database.at_once, write):
            self._completion = completion

    def _fail(self, code: str, message: str, log: tuple[str, ...] = ()) -> None:
        self._write(self._database.at_once, lambda connection: fail(connection, self._lease, code, message, log))

    def _hand_over(self, best: Checkpoint | None) -> None:
        """Give the job back with its best plan: the service shuts down, someone else goes on."""
        if best is not None:
            self._best = best

        def write(session: Session) -> None:
            self._save_best(session)
            hand_back(session, self._lease, "its worker was shut down", counts=False, solved_s=self._solved_s())

        self._write(self._database.writing, write)

    def _after_death(self, death: SolverDiedError) -> None:
        """Try again, from the best plan so far, unless this was the last attempt."""
        if self._lease.attempt >= self._settings.max_attempts:
            self._fail(death.code, f"{death}. {exhausted(self._settings.max_attempts)}", death.log)
            return

        def write(session: Session) -> None:
            self._save_best(session)
            hand_back(session, self._lease, str(death), counts=True, solved_s=self._solved_s(), log=death.log)

        self._write(self._database.writing, write)

    def _solved_s(self) -> float | None:
        """Seconds of solving in all attempts, as far as the solver has told."""
        return None if self.progress is None else float(self.progress["seconds"])

    def _write(self, begin: Callable[[], AbstractContextManager[_Writer]], write: Callable[[_Writer], None]) -> bool:
        """Write an end; while the store is away try again, until the service shuts down. Whether it is written."""
        is_first = True
        while True:
            try:
                with begin() as writer:
                    write(writer)
            except LeaseLostError as lost:
                logger.info("%s; what it found is dropped", lost)
                if is_first:  # else it may be this very end that was written
                    self._excuse()
                return False
            except OperationalError as error:
                is_first = False
                logger.warning("can't write the end of the job yet: %s", error.orig)
                if self._closing.wait(_WRITE_RETRY_S):
                    return False
            else:
                return True

    def _excuse(self) -> None:
        """Have an attempt not held against the job whose lease ran out while this process was paused or starved."""
        try:
            with self._database.at_once() as connection:
                excuse(connection, self._lease)
        except OperationalError as error:
            logger.warning("can't tell that the job's holder lives: %s", error.orig)
