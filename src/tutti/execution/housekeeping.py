"""What some process must do each second: take jobs back from the dead, and tell the broker of those that wait.

Every API and worker process does it; rows that one of them is at work on are skipped by the others.
"""

import logging
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread

from kombu.exceptions import OperationalError as BrokerAwayError
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from tutti.execution import queues
from tutti.execution.broker import Broker
from tutti.jobs.database import Database
from tutti.jobs.outbox import Message, put_back, take_unsent
from tutti.jobs.recovery import recover
from tutti.settings import Settings

logger = logging.getLogger(__name__)

_INTERVAL_S = 1.0


class Housekeeping:
    """A thread that looks after the job store. `recovered` is told the id of each job that was taken back."""

    def __init__(
        self, database: Database, settings: Settings, broker: Broker | None, recovered: Callable[[str], None]
    ) -> None:
        self._database = database
        self._settings = settings
        self._broker = broker
        self._recovered = recovered
        self._closing = Flag()
        self._wake_ups: SimpleQueue[None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that a job was queued, so that the broker is told at once."""
        self._wake_ups.put(None)

    def begin_close(self) -> None:
        """Stop soon."""
        self._closing.set()
        self.wake()

    def close(self) -> None:
        """Stop, and wait for it."""
        self.begin_close()
        self._thread.join(self._settings.shutdown_grace_s)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._recover()
                if self._broker is not None:
                    relay(self._database, self._broker, self._settings.republish_s)
            except OperationalError as error:
                logger.warning("the job store is away: %s", error.orig)
            except (BrokerAwayError, RedisError) as error:
                logger.warning("the broker is away: %s", error)
                self._closing.wait(_INTERVAL_S)
            self._rest()

    def _recover(self) -> None:
        with self._database.writing() as session:
            recovered = recover(session, max_attempts=self._settings.max_attempts)
        for job_id in recovered:
            logger.warning("job %s was left behind by its holder", job_id)
            self._recovered(job_id)

    def _rest(self) -> None:
        try:
            self._wake_ups.get(timeout=_INTERVAL_S)
            while True:
                self._wake_ups.get_nowait()  # many wake-ups are as good as one
        except Empty:
            return


def relay(database: Database, broker: Broker, again_s: float) -> None:
    """Tell the broker of every job that waits for that, the oldest first."""
    while messages := _take(database, again_s):
        sent = 0
        try:
            with broker.sending() as send:
                for message in messages:
                    # A job that waits long is no sign of a lost message while others wait in its queue as well.
                    if not message.again or broker.waiting(message.queue) == 0:
                        send(message)
                    sent += 1
        finally:
            if sent < len(messages):
                with database.writing() as session:
                    put_back(session, messages[sent:])


def _take(database: Database, again_s: float) -> list[Message]:
    with database.writing() as session:
        return take_unsent(session, queues.CELERY, again_s=again_s)
