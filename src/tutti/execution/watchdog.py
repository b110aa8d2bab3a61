"""Notices a worker that is connected to its broker, has a free slot, and yet takes nothing of what waits there.

Celery workers on Redis are known to end up like that after a broker was restarted; only a new start helps.
"""


class Watchdog:
    """Asked once a second. It counts looks, not time, so that a process that was paused meanwhile is not suspected."""

    def __init__(self, patience_s: float) -> None:
        self._patience = round(patience_s)
        self._looks = 0
        self._taken = -1

    def deaf(self, *, free: bool, waiting: bool, taken: int) -> bool:
        """Whether messages have waited for long beside a free slot. taken: the messages taken since the start."""
        idle = free and waiting and taken == self._taken
        self._looks = self._looks + 1 if idle else 0
        self._taken = taken
        return self._looks >= self._patience
