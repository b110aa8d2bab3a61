"""Sends a solver's reports in a thread of its own: a runner that is slow, paused or writing never holds solving up."""

from multiprocessing.connection import Connection
from threading import Condition, Thread

from tutti.execution.messages import Moment, Report


class Sender:
    """Of reports that wait, only the newest of each kind is kept, so that what waits stays small."""

    def __init__(self, pipe: "Connection[bytes, bytes]") -> None:
        self._pipe = pipe
        self._waiting: dict[str, Report] = {}
        self._news = Condition()
        Thread(target=self._run, name="sender", daemon=True).start()

    def send(self, report: Report) -> None:
        """Have it sent after those that wait already."""
        kind = report.event if isinstance(report, Moment) else report.kind
        with self._news:
            self._waiting.pop(kind, None)
            self._waiting[kind] = report
            self._news.notify()

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting)
                report = self._waiting.pop(next(iter(self._waiting)))
            try:
                self._pipe.send_bytes(report.encoded())
            except OSError:
                return  # the parent is gone, which the inbox sees too and ends the process
