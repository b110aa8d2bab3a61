"""What each process of a Celery worker has for itself: a job store, a broker, a warm solver. Opened by its signals."""

import multiprocessing
import os
import time
from dataclasses import dataclass

from tutti.execution.broker import Broker
from tutti.execution.solver_slot import SolverSlot
from tutti.jobs.database import Database
from tutti.jobs.holders import process_name
from tutti.settings import Settings, read_settings

_LOOK_INTERVAL_S = 0.1


class SharedFlag:
    """A flag that processes forked later see as well.

    It is a byte of shared memory without a lock: a process that is killed while it looks can't leave a lock behind.
    """

    def __init__(self) -> None:
        self._value = multiprocessing.RawValue("b", 0)

    def set(self) -> None:
        """Set it, for good."""
        self._value.value = 1

    def is_set(self) -> bool:
        """Whether it is set."""
        return bool(self._value.value)

    def wait(self, timeout: float) -> bool:
        """Whether it is set within the time, in seconds."""
        give_up_at = time.monotonic() + timeout
        while not self.is_set() and time.monotonic() < give_up_at:
            time.sleep(_LOOK_INTERVAL_S)
        return self.is_set()


closing = SharedFlag()
"""Set in the worker's first process when it is to end; its other processes then hand their jobs back."""


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """The belongings of one process."""

    settings: Settings
    database: Database
    broker: Broker
    slot: SolverSlot

    @property
    def holder(self) -> str:
        """Its name on the jobs that it runs."""
        return process_name()

    def close(self) -> None:
        """Give everything back."""
        self.slot.close()
        self.broker.close()
        self.database.close()


_opened: dict[int, WorkerProcess] = {}  # by process id: what was opened before a fork is not for the child


def this_process() -> WorkerProcess:
    """What the calling process has; opened at its first call."""
    pid = os.getpid()
    if pid not in _opened:
        settings = read_settings()
        _opened[pid] = WorkerProcess(
            settings, Database(settings, closing.is_set), Broker(settings), SolverSlot(settings)
        )
    return _opened[pid]


def close_process() -> None:
    """Give back what the calling process has."""
    if (opened := _opened.pop(os.getpid(), None)) is not None:
        opened.close()
