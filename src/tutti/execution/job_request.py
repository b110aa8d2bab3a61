"""A message that a worker has taken: what follows when its process dies, or when it can't be acknowledged."""

import logging
from typing import Any

from billiard.exceptions import WorkerLostError
from celery.utils.dispatch import Signal
from celery.worker.request import Request

logger = logging.getLogger(__name__)

process_lost = Signal(name="process_lost", providing_args=["pid"])
"""Sent in the worker's first process, which sees that one of its others died long before the lease of its job runs out,
and before it takes another message: who acts on it has the next free slot."""


class JobRequest(Request):
    """A message that the worker has taken, and gave to one of its processes."""

    def __init__(self, message: Any, **options: Any) -> None:
        """Have an acknowledgement that is refused count as a lost connection, as each other refusal does.

        Celery would log those that it knows as errors of a connection, and go on. But its slot counts as taken until
        the message is acknowledged, so it asks for no other one, and hears nothing else of its broker.
        """
        super().__init__(message, **{**options, "connection_errors": ()})

    def on_failure(
        self,
        exc_info: Any,
        send_failed_event: bool = True,  # Celery's signature
        return_ok: bool = False,
    ) -> None:
        """Celery calls this for errors of the task, when its process is gone, and when what it found can't be told.

        The last two would be tracebacks of Celery's own code in the log; here they are a sentence.
        """
        error = getattr(exc_info.exception, "exc", exc_info.exception)  # as it is when it has come from a process
        if isinstance(error, WorkerLostError | SystemExit):
            process_lost.send(sender=self, pid=self.worker_pid)
        if not return_ok:
            logger.warning("the task did not end in order: %s", error, extra={"job_id": self.id, "task_id": self.id})
        super().on_failure(exc_info, send_failed_event=send_failed_event, return_ok=True)
