"""One attempt at a claimed job, from its claim to one of its ends: the only way in which a job is ever run."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import OperationalError

from tutti.execution.best_so_far import BestSoFar
from tutti.execution.ending import Completion, Ending
from tutti.execution.errors import SolverDiedError
from tutti.execution.flag import Flag
from tutti.execution.messages import BestPlan, Finished, Moment, Refused, Solve, Warned
from tutti.execution.patience import Patience
from tutti.execution.solver_slot import SolverSlot
from tutti.execution.trouble import Trouble
from tutti.fleet.plan import Status
from tutti.jobs.checkpoints import Checkpoint
from tutti.jobs.database import Database
from tutti.jobs.errors import LeaseLostError, first_line
from tutti.jobs.events import Event, Kind, warning_of
from tutti.jobs.leases import Lease, Work, beat
from tutti.settings import Settings
from tutti.telemetry.metrics import SOLVE_MEMORY
from tutti.telemetry.tracing import happened, span

logger = logging.getLogger(__name__)

Announce = Callable[[str, Mapping[str, Any] | None], None]
"""Told the id of a job that has changed, and its progress if it has any; whoever watches it looks again."""

_NEWS_INTERVAL_S = 0.2  # a better plan or bound is written this soon, though a heartbeat is not due
_LOOK_INTERVAL_S = 0.2  # how often limits and the shutdown are looked at while the solver is silent


class Attempt:
    """Feeds a solver process with a job and keeps the job store up to date, until the job ends or is given back.

    announce: told what is new while the job runs; whoever runs it tells of its end, with `progress`.
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
        self._patience = Patience(settings, closing, self._solver.stop)
        self._end = Ending(lease, database=database, settings=settings, closing=closing)
        self._beaten_at = time.monotonic()
        self._trouble = Trouble(logger, "heartbeat")
        self._was_stuck = False
        self._best = BestSoFar(lease.job_id, work.checkpoint)
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
                self._end.try_again(death, self._best.save, self._solved_s())
            except LeaseLostError as lost:
                logger.info("%s", lost)
                self._slot.renew()
                self._end.excuse()
            finally:
                self._slot.release()
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
                    self._best.plan = Checkpoint(report.document, self._patience.spent_before_s + report.seconds)
                case Warned(message=message):
                    self._news[Kind.WARNING] = warning_of(message)
            if self._patience.is_over(has_plan=self.progress is not None, has_kept_answer=self._best.is_answer):
                self._was_stuck = True
                self._slot.renew()
                return None
            self._beat_if_due()
            self._patience.end_with_the_service()

    def _give(self, work: Work) -> None:
        initial = None
        if work.checkpoint is not None:
            self._patience.spent_before_s = work.checkpoint.spent_s
            initial = work.checkpoint.document
        settings = self._settings
        self._solver.solve(
            Solve(
                content=work.content,
                initial=initial,
                soft_limit_s=settings.soft_limit_s,
                spent_s=self._patience.spent_before_s,
                plan_interval_s=settings.checkpoint_s,
                cores=settings.solve_cores,
                with_schedule=self._with_schedule,
            )
        )

    def _note(self, moment: Moment) -> None:
        progress = moment.progress(self._patience.spent_before_s)
        if self.progress is None or self.progress["phase"] != moment.phase:
            happened(moment.phase, solving_s=moment.seconds, buses=moment.buses, bound_buses=moment.bound_buses)
        if self.progress is None:
            self._patience.first_plan_is_there()
        else:
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
        self._solver.look_at_companions()
        try:
            with self._database.writing() as session:
                stop = beat(
                    session,
                    self._lease,
                    lease_s=self._settings.lease_s,
                    progress=self.progress,
                    events=list(self._news.values()),
                )
                self._best.save(session)
        except OperationalError as error:  # the store is away: go on, the fencing token decides what still counts
            self._trouble.is_met(first_line(error))
            stop = self._end.hold_on(error)
        else:
            self._trouble.is_over()
            self._best.is_saved()
            self._tell()
        if stop:
            self._patience.stop_and_keep_best()

    def _tell(self) -> None:
        if self._news:
            self._announce(self._lease.job_id, self.progress)
        self._news.clear()

    def _conclude(self, answer: Finished | Refused | None) -> None:
        """Write down how it ended."""
        best, keep_best = self._best.plan, self._patience.keep_best
        goes_on_elsewhere = self._closing.is_set() and not (keep_best and self._best.is_answer)
        match answer:
            case None | Finished(status=Status.UNKNOWN) if goes_on_elsewhere:
                self._hand_over(None)
            case None if best is not None and self._may_keep(best):
                self._complete(Completion(best.document, None), stopped=keep_best)
            case None if best is not None:
                self._end.fail("out_of_time", "the solver did not stop in order when its time was over, and was killed")
            case None:
                self._end.fail(
                    "no_plan_in_time", "the solver had no plan when its time was over and did not stop in order"
                )
            case Refused(code="out_of_memory", message=message):
                raise SolverDiedError("out_of_memory", message)
            case Refused(code=code, message=message):
                self._end.fail(code, message)
            case Finished(status=Status.INFEASIBLE, reasons=reasons):
                self._end.fail("infeasible", "no plan exists: " + "; ".join(reasons))
            case Finished(status=Status.UNKNOWN, reasons=reasons):
                self._end.fail("no_plan_found", "; ".join(reasons))
            case Finished(status=Status.STOPPED) if self._closing.is_set() and not keep_best:
                self._hand_over(Checkpoint(answer.document, self._patience.spent_before_s + answer.seconds))
            case Finished(status=status, document=document, last=last):
                if last is not None:
                    self._note(last)
                SOLVE_MEMORY.labels(self._lease.queue).observe(self._solver.peak_bytes())
                completion = Completion(document, answer.schedule)
                stopped = keep_best and status == Status.STOPPED
                self._complete(completion, stopped=stopped, limit_s=answer.limit_s)

    def _may_keep(self, best: Checkpoint) -> bool:
        """Whether the job may end with the best plan of a solver that was killed."""
        return (self._patience.keep_best or self._settings.when_out_of_time == "keep") and best.is_answer

    def _complete(self, completion: Completion, *, stopped: bool, limit_s: float | None = None) -> None:
        limit_s = limit_s or self._settings.soft_limit_s
        self.progress = progress = {**(self.progress or {}), "percent": 100, "phase": "done"}
        warning = "the solver did not stop in order and was killed; its last plan is taken" if self._was_stuck else None
        if self._end.complete(
            completion.document, stopped=stopped, progress=progress, limit_s=limit_s, warning=warning
        ):
            self._completion = completion

    def _hand_over(self, best: Checkpoint | None) -> None:
        """Give the job back: the service shuts down, someone else goes on from the best plan."""
        if best is not None:
            self._best.plan = best
        self._end.hand_over(self._best.save, self._solved_s())

    def _solved_s(self) -> float | None:
        """Seconds of solving in all attempts, as far as the solver has told."""
        return None if self.progress is None else float(self.progress["seconds"])
