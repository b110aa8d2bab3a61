"""Wakes the requests that wait for news of a job."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Listener:
    """Woken when its job has changed. It says only that there is news: the news itself is in the job store."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Say that there is news."""
        self._news.set()

    async def wait(self, timeout_s: float) -> bool:
        """Whether there is news since the last call; waits for it as long as the time allows."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True


class Hub:
    """The listeners of one process. `announce` and `close` may be called from any thread, and from signal handlers."""

    def __init__(self) -> None:
        self.closing = False
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Serve the running event loop."""
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def listening(self, job_id: str) -> Iterator[Listener]:
        """A listener to the job, for as long as the block runs."""
        listener = Listener()
        self._listeners[job_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[job_id].discard(listener)
            if not self._listeners[job_id]:
                del self._listeners[job_id]

    def listened(self) -> list[str]:
        """The ids of the jobs that someone listens to."""
        return list(self._listeners)

    def announce(self, job_id: str, progress: Mapping[str, Any] | None = None) -> None:
        """Wake the listeners of one job; they find its progress in the job store."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, job_id)

    def close(self) -> None:
        """Wake everyone for good: the service ends."""
        self.closing = True
        for job_id in list(self._listeners):
            self.announce(job_id)

    def _wake(self, job_id: str) -> None:
        for listener in self._listeners.get(job_id, ()):
            listener.wake()
