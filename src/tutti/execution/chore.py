"""A small thing that is to be done again and again, by a thread of its own."""

import logging
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread

from kombu.exceptions import OperationalError as BrokerAwayError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from tutti.execution.trouble import Trouble
from tutti.jobs.errors import first_line

logger = logging.getLogger(__name__)


class Chore:
    """Calls a function each `interval_s`, and at once when it is woken. What is away meanwhile is tried next time."""

    def __init__(self, name: str, interval_s: float, do: Callable[[], None]) -> None:
        self._do = do
        self._interval_s = interval_s
        self._trouble = Trouble(logger, name)
        self._closing = Flag()
        self._wake_ups: SimpleQueue[None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Do it at once."""
        self._wake_ups.put(None)

    def begin_close(self) -> None:
        """Stop soon."""
        self._closing.set()
        self.wake()

    def close(self, patience_s: float) -> None:
        """Stop, and wait for it."""
        self.begin_close()
        self._thread.join(patience_s)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._do()
            except DBAPIError as error:  # away, or there without its tables: both pass when somebody sees to it
                self._trouble.is_met(f"the job store does not do what it is asked: {first_line(error)}")
                self._closing.wait(self._interval_s)
            except (BrokerAwayError, RedisError) as error:
                self._trouble.is_met(f"the broker does not do what it is asked: {error}")
                self._closing.wait(self._interval_s)
            else:
                self._trouble.is_over()
            self._rest()

    def _rest(self) -> None:
        try:
            self._wake_ups.get(timeout=self._interval_s)
            while True:
                self._wake_ups.get_nowait()  # many wake-ups are as good as one
        except Empty:
            return
