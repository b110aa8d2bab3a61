"""The executor of one machine: threads that take queued jobs from the store and run them, no broker needed."""

import logging
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread

from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bind_contextvars, clear_contextvars

from tutti.execution.runner import Announce, Attempt
from tutti.execution.solver_slot import SolverSlot
from tutti.execution.trouble import Trouble
from tutti.jobs.database import Database
from tutti.jobs.errors import first_line
from tutti.jobs.holders import process_name
from tutti.jobs.leases import Lease, Work, claim
from tutti.settings import Settings

logger = logging.getLogger(__name__)

_LOOK_INTERVAL_S = 1.0  # how often a slot looks for jobs that nobody woke it for


class EmbeddedExecutor:
    """`settings.slots` threads, each with a warm solver process, that take jobs of the given queues (None: of all)."""

    def __init__(
        self, database: Database, settings: Settings, announce: Announce, queues: Sequence[str] | None = None
    ) -> None:
        self._database = database
        self._settings = settings
        self._announce = announce
        self._queues = queues
        self._closing = Flag()
        self._wake_ups: SimpleQueue[None] = SimpleQueue()
        self._holder = process_name()
        self._threads = [
            Thread(target=self._serve, args=(number,), name=f"slot-{number}", daemon=True)
            for number in range(1, settings.slots + 1)
        ]

    def start(self) -> None:
        """Begin to take jobs."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Say that a job was queued."""
        self._wake_ups.put(None)

    def begin_close(self) -> None:
        """Take no more jobs, and give running ones back with their best plans."""
        self._closing.set()
        for _ in self._threads:
            self.wake()

    def close(self) -> None:
        """`begin_close`, and wait until every slot is empty: little longer than the solvers' grace."""
        self.begin_close()
        for thread in self._threads:
            thread.join(self._settings.ending_s)

    def _serve(self, number: int) -> None:
        """One slot: take a job, run it, again."""
        holder, trouble = f"{self._holder}/slot-{number}", Trouble(logger, f"slot {number}")
        with SolverSlot(self._settings) as slot:
            while not self._closing.is_set():
                clear_contextvars()
                try:
                    claimed = self._claim(holder)
                except DBAPIError as error:  # away, or there without its tables
                    trouble.is_met(f"the job store does not do what it is asked: {first_line(error)}")
                    self._closing.wait(_LOOK_INTERVAL_S)
                    continue
                trouble.is_over()
                if claimed is None:
                    self._rest()
                else:
                    self._run(*claimed, slot)

    def _run(self, lease: Lease, work: Work, slot: SolverSlot) -> None:
        try:
            attempt = Attempt(
                lease,
                work,
                slot,
                database=self._database,
                settings=self._settings,
                announce=self._announce,
                closing=self._closing,
            )
            attempt.run()
            self._announce(lease.job_id, attempt.progress)
        except Exception:  # the boundary of the task: the slot goes on, the lease runs out
            logger.exception("an attempt failed in a way that was not foreseen")

    def _claim(self, holder: str) -> tuple[Lease, Work] | None:
        with self._database.writing() as session:
            claimed = claim(session, holder=holder, lease_s=self._settings.lease_s, queues=self._queues)
        if claimed is not None:
            lease = claimed[0]
            bind_contextvars(job_id=lease.job_id, attempt=lease.attempt)
            self._announce(lease.job_id, None)
        return claimed

    def _rest(self) -> None:
        try:
            self._wake_ups.get(timeout=_LOOK_INTERVAL_S)
        except Empty:
            return
