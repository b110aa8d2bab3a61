"""Hangs up on a PostgreSQL that was asked something and says nothing: a server that stands still, or a dead proxy.

No limit of the server ends a statement there, and none of the connection: its kernel still acknowledges what it gets.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Any
from weakref import finalize

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

logger = logging.getLogger(__name__)

LINE = "tutti.line"
"""Where a connection in the pool has its line, among what is noted of it."""

_LOOK_INTERVAL_S = 0.5


class Line:
    """What a connection is heard on: the time from which its server owes an answer, and how long it may.

    It has a file descriptor of its own, which can't come to mean another connection while somebody hangs up.
    """

    def __init__(self, number: int) -> None:
        self._socket = socket.socket(fileno=os.dup(number))
        self._lock = Lock()
        self._since: float | None = None
        self._limit_s = 0.0

    def asked(self, limit_s: float) -> None:
        """Something is asked now, and may take so long."""
        with self._lock:
            self._since, self._limit_s = time.monotonic(), limit_s

    def rests(self) -> None:
        """Nothing is asked."""
        with self._lock:
            self._since = None

    def hang_up_if_late(self, closing_at: float, closing_s: float, first: Callable[[], None]) -> float | None:
        """End the connection, for whoever waits on it too, if an answer is overdue; the seconds that it was waited for.

        closing_at: from then on an answer may take `closing_s`, whatever was said when it was asked. first: what is
        done before, for whoever waits goes on at once.
        """
        with self._lock:
            if self._since is None:
                return None
            now = time.monotonic()
            if now < min(self._since + self._limit_s, max(self._since, closing_at) + closing_s):
                return None
            waited_s, self._since = now - self._since, None
            first()
            with suppress(OSError):  # it has ended meanwhile
                self._socket.shutdown(socket.SHUT_RDWR)
            return waited_s

    def close(self) -> None:
        """Give back what it has; its connection is closed by others."""
        with self._lock:
            self._since = None
            self._socket.close()


class Lines:
    """All lines of a process, and the thread that listens. is_closing: from then on no answer may take `closing_s`.

    given_up: whether one was missing then, so that the rest of the process' end waits for no other.
    """

    def __init__(self, is_closing: Callable[[], bool], closing_s: float) -> None:
        self._is_closing = is_closing
        self._closing_s = closing_s
        self.given_up = False
        self._lines: set[Line] = set()
        self._ended = Event()
        self._thread = Thread(target=self._listen, name="lines", daemon=True)
        self._starting = Lock()

    def listen_to(self, engine: Engine, limit_s: float) -> None:
        """Have a line for each connection of the engine. limit_s: for an answer, and all that is done with it."""

        @event.listens_for(engine, "connect", insert=True)  # before what the library asks of a new connection
        def connect(connection: Any, entry: ConnectionPoolEntry) -> None:
            entry.info[LINE] = self._open(connection)
            entry.info[LINE].asked(limit_s)

        @event.listens_for(engine, "checkout")
        @event.listens_for(engine, "reset")
        def ask(connection: Any, entry: ConnectionPoolEntry, _: object) -> None:
            entry.info[LINE].asked(limit_s)

        @event.listens_for(engine, "before_cursor_execute")
        def execute(connection: Connection, *_: object) -> None:
            connection.info[LINE].asked(limit_s)

        @event.listens_for(engine, "checkin")
        def rest(connection: Any, entry: ConnectionPoolEntry) -> None:
            if connection is not None:
                entry.info[LINE].rests()

    def close(self) -> None:
        """Listen no more."""
        self._ended.set()

    def _open(self, connection: Any) -> Line:
        line = Line(connection.fileno())
        self._lines.add(line)
        finalize(connection, self._forget, line).atexit = False
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()
        return line

    def _forget(self, line: Line) -> None:
        self._lines.discard(line)
        line.close()

    def _listen(self) -> None:
        closing_at = float("inf")
        while not self._ended.wait(_LOOK_INTERVAL_S):
            if self._is_closing():
                closing_at = min(closing_at, time.monotonic())
            for line in list(self._lines):
                waited_s = line.hang_up_if_late(closing_at, self._closing_s, self._note)
                if waited_s is not None:
                    logger.warning("the job store has said nothing for %.0f s; that connection is given up", waited_s)

    def _note(self) -> None:
        self.given_up = self._is_closing()
