"""A line between two solves in two processes: each end hears the other, and is heard, while it works."""

import pickle
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Thread

from tutti.fleet.problem import Problem
from tutti.optimizer.state.exchange import News
from tutti.sender import Sender


class Line:
    """One end. Threads read and write the pipe, so that an other end that is slow or paused holds nobody up.

    Of news that wait only the newest is kept, in both directions: it says all that those before it said.
    """

    def __init__(self, pipe: "Connection[bytes, bytes]", ended: Callable[[], object] = lambda: None) -> None:
        """ended: called, in a thread, when the other end is gone."""
        self._pipe = pipe
        self._ended = ended
        self._heard: News | None = None
        self._sender = Sender(pipe)
        self._reader = Thread(target=self._read, name="line", daemon=True)
        self._reader.start()

    def heard(self) -> News | None:
        """The newest that was said at the other end, once."""
        news, self._heard = self._heard, None
        return news

    def tell(self, news: News) -> None:
        """Have it sent."""
        self._sender.send("news", pickle.dumps(news))

    def give(self, problem: Problem, seeds: tuple[int, int]) -> None:
        """Have sent what `taken` answers at the other end."""
        self._sender.send("problem", pickle.dumps((problem, seeds)))

    def close(self, timeout_s: float) -> None:
        """Forget it, once the other end is gone."""
        self._sender.close(timeout_s)
        self._reader.join(timeout_s)
        self._pipe.close()

    def _read(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._heard = pickle.loads(self._pipe.recv_bytes())  # noqa: S301  # from a process of ours
        self._ended()


def taken(pipe: "Connection[bytes, bytes]") -> tuple[Problem, tuple[int, int]]:
    """What `Line.give` sent: a problem, the first seed to solve it with, and how far on the next one is."""
    given: tuple[Problem, tuple[int, int]] = pickle.loads(pipe.recv_bytes())  # noqa: S301  # from a process of ours
    return given
