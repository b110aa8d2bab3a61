"""What some process must do each second: take jobs back from the dead, and tell the broker of those that wait.

Every API and worker process does it; rows that one of them is at work on are skipped by the others.
"""

import logging
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from tutti.execution import queues
from tutti.execution.broker import Broker
from tutti.execution.chore import Chore
from tutti.execution.outages import Outages
from tutti.jobs.database import Database
from tutti.jobs.outbox import Message, put_back, silent_queues, take_lost, take_unsent
from tutti.jobs.recovery import recover
from tutti.settings import Settings
from tutti.telemetry.metrics import RECOVERIES

logger = logging.getLogger(__name__)

_INTERVAL_S = 1.0


class Housekeeping:
    """Looks after the job store. `recovered` is told the id of each job that was taken back.

    Each chore has a thread of its own: a broker that hangs holds nobody up who needs only the store.
    """

    def __init__(
        self, database: Database, settings: Settings, broker: Broker | None, recovered: Callable[[str], None]
    ) -> None:
        self._database = database
        self._settings = settings
        self._recovered = recovered
        self._outages = Outages(settings.lease_s)
        self._chores = [Chore("recovery", _INTERVAL_S, self._recover)]
        if broker is not None:
            self._chores.append(Chore("relay", _INTERVAL_S, lambda: relay(database, broker, settings.republish_s)))

    def start(self) -> None:
        """Begin."""
        for chore in self._chores:
            chore.start()

    def wake(self) -> None:
        """Say that a job was queued, so that the broker is told at once."""
        for chore in self._chores:
            chore.wake()

    def begin_close(self) -> None:
        """Stop soon."""
        for chore in self._chores:
            chore.begin_close()

    def close(self) -> None:
        """Stop, and wait for it."""
        self.begin_close()
        for chore in self._chores:
            chore.close(self._settings.shutdown_grace_s)

    def _recover(self) -> None:
        with self._database.writing() as session:
            session.execute(select(1))
            if not self._outages.answered():
                return
            recovered = recover(session, max_attempts=self._settings.max_attempts)
        RECOVERIES.inc(len(recovered))
        for job_id in recovered:
            logger.warning("job %s was left behind by its holder", job_id)
            self._recovered(job_id)


def relay(database: Database, broker: Broker, again_s: float) -> None:
    """Tell the broker of every job that waits for that, the oldest first."""
    _send(database, broker, lambda session: take_unsent(session, queues.CELERY))
    with database.reading() as session:
        silent = silent_queues(session, queues.CELERY, again_s=again_s)
    if silent:
        empty = [queue for queue in silent if broker.waiting(queue) == 0]
        _send(database, broker, lambda session: take_lost(session, empty, silent, again_s=again_s))


def _send(database: Database, broker: Broker, take: Callable[[Session], list[Message]]) -> None:
    """Send what `take` takes until it finds no more; what can't be sent is put back."""
    while messages := _taken(database, take):
        sent = 0
        try:
            with broker.sending() as send:
                for message in messages:
                    send(message)
                    sent += 1
        finally:
            if sent < len(messages):
                with database.writing() as session:
                    put_back(session, messages[sent:])


def _taken(database: Database, take: Callable[[Session], list[Message]]) -> list[Message]:
    with database.writing() as session:
        return take(session)
