"""Writes down how an attempt ended: while the store is away again and again, and only while the lease is good."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tutti.execution.errors import SolverDiedError
from tutti.execution.flag import Flag
from tutti.execution.trouble import Trouble
from tutti.jobs.database import Database
from tutti.jobs.errors import LeaseLostError, first_line, is_full
from tutti.jobs.leases import Lease, complete, excuse, fail, hand_back, hold
from tutti.jobs.recovery import exhausted
from tutti.settings import Settings

logger = logging.getLogger(__name__)

_Writer = TypeVar("_Writer", Session, Connection)
_Save = Callable[[Session], None]

_RETRY_S = 0.5


@dataclass(frozen=True, slots=True)
class Completion:
    """What a job was completed with, JSON texts: its plan's document, and the same in the kept shape if it is there."""

    document: str
    schedule: str | None


class Ending:
    """The ends that an attempt can have. save: keeps the best plan, in the transaction that gives the job back."""

    def __init__(self, lease: Lease, *, database: Database, settings: Settings, closing: Flag) -> None:
        self._lease = lease
        self._database = database
        self._settings = settings
        self._closing = closing

    def complete(
        self, document: str, *, stopped: bool, progress: dict[str, Any], limit_s: float, warning: str | None
    ) -> bool:
        """End the job with its plan; whether that is written, see `jobs.leases.complete`."""
        return self._write(
            self._database.at_once,
            lambda connection: complete(
                connection, self._lease, document, stopped=stopped, progress=progress, limit_s=limit_s, warning=warning
            ),
        )

    def fail(self, code: str, message: str, log: tuple[str, ...] = ()) -> None:
        """End the job without a plan."""
        self._write(self._database.at_once, lambda connection: fail(connection, self._lease, code, message, log))

    def hand_over(self, save: _Save, solved_s: float | None) -> None:
        """Give the job back with its best plan: the service shuts down, someone else goes on."""
        self._hand_back("its worker was shut down", save, counts=False, solved_s=solved_s)

    def try_again(self, death: SolverDiedError, save: _Save, solved_s: float | None) -> None:
        """Have the job tried again from the best plan after its solver died, unless this was the last attempt."""
        if self._lease.attempt >= self._settings.max_attempts:
            self.fail(death.code, f"{death}. {exhausted(self._settings.max_attempts)}", death.log)
        else:
            self._hand_back(str(death), save, counts=True, solved_s=solved_s, log=death.log)

    def excuse(self) -> None:
        """Have an attempt not held against the job whose lease ran out while this process was paused or starved."""
        try:
            with self._database.at_once() as connection:
                excuse(connection, self._lease)
        except OperationalError as error:
            logger.warning("can't tell that the job's holder lives: %s", first_line(error))

    def hold_on(self, refusal: OperationalError) -> bool:
        """Keep the lease while the store has no room for anything new; whether to stop and keep the best plan.

        Else the job would be taken from a holder that lives, and given up after some of them: taking it back, and
        claiming it, find room where its plan has none. refusal: what the store said; if it is away nothing is done.
        """
        if not is_full(refusal):
            return False
        try:
            with self._database.at_once() as connection:
                return hold(connection, self._lease, lease_s=self._settings.lease_s)
        except OperationalError:
            return False  # told already, and tried again soon

    def _hand_back(self, reason: str, save: _Save, **account: Any) -> None:
        def write(session: Session) -> None:
            save(session)
            hand_back(session, self._lease, reason, **account)

        self._write(self._database.writing, write)

    def _write(self, begin: Callable[[], AbstractContextManager[_Writer]], write: Callable[[_Writer], None]) -> bool:
        """Write an end; while the store is away try again, until the service shuts down. Whether it is written."""
        trouble = Trouble(logger, "the job's end")
        refusal: OperationalError | None = None
        may_be_written = False
        while True:
            try:
                if refusal is not None:
                    self.hold_on(refusal)
                with begin() as writer:
                    write(writer)
            except LeaseLostError as lost:
                logger.info("%s; what it found is dropped", lost)
                if not may_be_written:
                    self.excuse()
                return False
            except OperationalError as error:
                refusal = error
                trouble.is_met(f"it can't be written yet: {first_line(error)}")
                may_be_written |= not is_full(error)  # a connection that broke may have taken it there
                if self._closing.wait(_RETRY_S):
                    return False
            else:
                trouble.is_over()
                return True
