"""What some process must do all the time: take jobs back from the dead, announce those that wait, remove old ones.

Every API and worker process does it; rows that one of them is at work on are skipped by the others.
"""

import logging
import time
from collections.abc import Callable

from kombu.exceptions import OperationalError as BrokerAwayError
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tutti.execution import queues
from tutti.execution.broker import Broker
from tutti.execution.chore import Chore
from tutti.execution.outages import Outages
from tutti.jobs.database import Database
from tutti.jobs.errors import first_line
from tutti.jobs.outbox import Message, look, put_back, take_lost, take_unsent
from tutti.jobs.recovery import give_time, is_any_lost, recover, recover_from
from tutti.jobs.retention import remove_old
from tutti.settings import Settings
from tutti.telemetry.counting import begin_counts
from tutti.telemetry.metrics import MESSAGES, RECOVERIES, REMOVED_JOBS

logger = logging.getLogger(__name__)

_INTERVAL_S = 0.5
_LATE_BEATS = 1.7  # one is overdue, and by more than a busy machine makes it late
_RETENTION_S = 600.0
_BATCH, _BATCH_PAUSE_S = 100, 0.2  # others get at the rows, and the disk, in between


class Housekeeping:
    """Looks after the job store. `recovered` is told the id of each job that was taken back.

    Each chore has a thread of its own: a broker that hangs holds nobody up who needs only the store.
    """

    def __init__(
        self, database: Database, settings: Settings, broker: Broker | None, recovered: Callable[[str], None]
    ) -> None:
        self._database = database
        self._settings = settings
        self._broker = broker
        self._recovered = recovered
        self._outages = Outages(settings.lease_s)
        self._is_refused = False  # the store answers, and lets nothing be written
        self._early_s = max(0.0, settings.lease_s - _LATE_BEATS * settings.heartbeat_s)
        self._chores = [Chore("recovery", _INTERVAL_S, self._recover)]
        if settings.keep_days:
            self._chores.append(Chore("retention", _RETENTION_S, self._remove_old))
        self._relay: Chore | None = None
        if broker is not None:
            self._relay = Chore("relay", _INTERVAL_S, lambda: relay(database, broker, settings.republish_s))
            self._chores.append(self._relay)

    def start(self) -> None:
        """Begin."""
        begin_counts(queues.CELERY if self._broker is not None else [queues.EMBEDDED])
        for chore in self._chores:
            chore.start()

    def wake(self) -> None:
        """Say that a job was queued, so that the broker is told at once; the other chores find nothing new by that."""
        if self._relay is not None:
            self._relay.wake()

    def begin_close(self) -> None:
        """Stop soon."""
        for chore in self._chores:
            chore.begin_close()

    def close(self) -> None:
        """Stop, and wait for it."""
        self.begin_close()
        for chore in self._chores:
            chore.close(self._settings.shutdown_grace_s)

    def take_back_from(self, holder: str) -> None:
        """Take back the jobs of a holder that died, and tell the broker of them before anything else is done.

        What is away meanwhile is no error: the lease runs out, and the relay tries again.
        """
        try:
            with self._database.writing() as session:
                recovered = recover_from(session, holder, max_attempts=self._settings.max_attempts)
            self._tell_of(recovered)
            if recovered and self._broker is not None:
                relay(self._database, self._broker, self._settings.republish_s)
        except (OperationalError, BrokerAwayError, RedisError) as error:
            logger.warning("can't take the jobs of %s back yet: %s", holder, first_line(error))

    def _recover(self) -> None:
        """Take jobs back, unless nobody could have kept a lease: the store, or this process, was away just before."""
        with self._database.at_once() as connection:
            lost = is_any_lost(connection, early_s=self._early_s)
        if not lost:
            self._is_refused = False
        if not self._outages.answered() or not lost:
            return
        recovered: list[str] = []
        try:
            with self._database.writing() as session:
                if self._is_refused:  # if this is written, the next sign of life of those who live is, too
                    is_given = give_time(session, lease_s=self._settings.lease_s, early_s=self._early_s)
                    self._is_refused = not is_given
                else:
                    recovered = recover(session, max_attempts=self._settings.max_attempts, early_s=self._early_s)
        except OperationalError:
            self._is_refused = True
            raise
        self._tell_of(recovered)

    def _tell_of(self, recovered: list[str]) -> None:
        RECOVERIES.inc(len(recovered))
        for job_id in recovered:
            logger.warning("the job was left behind by its holder", extra={"job_id": job_id})
            self._recovered(job_id)
        if recovered:
            self.wake()

    def _remove_old(self) -> None:
        while True:
            with self._database.writing() as session:
                removed = remove_old(session, days=self._settings.keep_days, limit=_BATCH)
            REMOVED_JOBS.inc(removed)
            if removed < _BATCH:
                return
            time.sleep(_BATCH_PAUSE_S)


def relay(database: Database, broker: Broker, again_s: float) -> None:
    """Tell the broker of every job that waits for that, the oldest first."""
    with database.at_once() as connection:
        unsent, silent = look(connection, queues.CELERY, again_s=again_s)
    if unsent:
        _send(database, broker, lambda session: take_unsent(session, queues.CELERY))
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
                    MESSAGES.labels(message.rank.name.lower()).inc()
                    sent += 1
        finally:
            if sent < len(messages):
                with database.writing() as session:
                    put_back(session, messages[sent:])


def _taken(database: Database, take: Callable[[Session], list[Message]]) -> list[Message]:
    with database.writing() as session:
        return take(session)
