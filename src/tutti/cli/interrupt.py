"""Ctrl-C during a solve: the first one stops it and keeps the plan, the second one ends the program."""

import signal
from threading import Event
from types import FrameType, TracebackType

from tutti.optimizer import Stop, cancelled


class Interruptible:
    """A context in which the first SIGINT sets `happened` and the next raises KeyboardInterrupt."""

    def __init__(self) -> None:
        self.happened = Event()

    @property
    def rule(self) -> Stop:
        """The stopping rule that listens to it."""
        return cancelled(self.happened, "interrupted")

    def __enter__(self) -> "Interruptible":
        self._before = signal.signal(signal.SIGINT, self._take)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self.happened.is_set():
            raise KeyboardInterrupt
        self.happened.set()
