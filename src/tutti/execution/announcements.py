"""What is new of a job, told in a thread of its own, so that a broker that hangs delays no heartbeat."""

from collections.abc import Mapping
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any

from tutti.execution.runner import Announce

_News = tuple[str, Mapping[str, Any] | None]


class Announcements:
    """A context that gives an `Announce` which only notes what is new; the thread tells the newest of it, in order.

    A job that ends before there is news needs no thread. At the end what is noted is still told, for which the context
    waits `patience_s` at most.
    """

    def __init__(self, tell: Announce, patience_s: float) -> None:
        self._tell = tell
        self._patience_s = patience_s
        self._news: SimpleQueue[_News | None] = SimpleQueue()
        self._thread = Thread(target=copy_context().run, args=(self._run,), name="announcements", daemon=True)

    def __enter__(self) -> Announce:
        return self._note

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._thread.ident is not None:
            self._news.put(None)
            self._thread.join(self._patience_s)

    def _note(self, job_id: str, progress: Mapping[str, Any] | None) -> None:
        self._news.put((job_id, progress))
        if self._thread.ident is None:
            self._thread.start()

    def _run(self) -> None:
        while (news := self._news.get()) is not None:
            ended = False
            try:
                while (newer := self._news.get_nowait()) is not None:
                    news = newer
                ended = True
            except Empty:
                pass
            self._tell(*news)
            if ended:
                return
