"""Sends messages over a pipe in a thread of its own, so that a reader that is slow, starting or paused holds nobody up.

A solver's reports go this way, and so does its work: a day is larger than what a pipe holds. In no room, because the
service needs it as the optimizer does, and is not to load that.
"""

from multiprocessing.connection import Connection
from threading import Condition, Thread


class Sender:
    """Of messages that wait, only the newest of each kind is kept, so that what waits stays small."""

    def __init__(self, pipe: "Connection[bytes, bytes]") -> None:
        self._pipe = pipe
        self._waiting: dict[str, bytes] = {}
        self._closed = False
        self._news = Condition()
        self._thread = Thread(target=self._run, name="sender", daemon=True)
        self._thread.start()

    def send(self, kind: str, message: bytes) -> None:
        """Have it sent after those that wait already. Whoever reads the pipe sees it if the other end is gone."""
        with self._news:
            self._waiting.pop(kind, None)
            self._waiting[kind] = message
            self._news.notify()

    def close(self, timeout_s: float) -> None:
        """Send no more, once the other end of the pipe is gone; the pipe can be closed afterwards."""
        with self._news:
            self._closed = True
            self._news.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                message = self._waiting.pop(next(iter(self._waiting)))
            try:
                self._pipe.send_bytes(message)
            except OSError:
                return  # the other end is gone
