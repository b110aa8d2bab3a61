"""A worker's process that died in the middle of a job, which the worker sees long before the lease runs out."""

from typing import Any

from billiard.exceptions import WorkerLostError
from celery.utils.dispatch import Signal
from celery.worker.request import Request

process_lost = Signal(name="process_lost", providing_args=["pid"])
"""Sent in the worker's first process, before it takes another message: who acts on it has the next free slot."""


class JobRequest(Request):
    """A message that the worker has taken, and gave to one of its processes."""

    def on_failure(
        self,
        exc_info: Any,
        send_failed_event: bool = True,  # Celery's signature
        return_ok: bool = False,
    ) -> None:
        """Celery calls this for errors of the task, and when its process is gone."""
        error = getattr(exc_info.exception, "exc", exc_info.exception)  # as it is when it has come from a process
        if isinstance(error, WorkerLostError | SystemExit):
            process_lost.send(sender=self, pid=self.worker_pid)
        super().on_failure(exc_info, send_failed_event=send_failed_event, return_ok=return_ok)
