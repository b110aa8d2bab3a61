"""The part of a Celery worker that listens to the broker, with patience for one that answers and takes nothing."""

import logging
from typing import Any

from celery.worker.consumer import Consumer
from redis.exceptions import ResponseError

from tutti.execution.demoted import DemotedError
from tutti.execution.trouble import Trouble
from tutti.execution.worker_process import closing

logger = logging.getLogger(__name__)

_PAUSE_S = 1.0


class PatientConsumer(Consumer):
    """One that tries again after a pause.

    A Redis that is full, without its replicas, without room on its disk, or that only reads since another is the first
    one, refuses what Celery writes when it connects. Celery took that for an error for which a worker has to end, or
    (`broker_channel_error_retry`) would try again at once, some five times a second, with as many lines in the log.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._trouble = Trouble(logger, "messages")

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Say so once, and wait; what can't be reached at all is waited for elsewhere."""
        if not isinstance(exc, ResponseError | DemotedError):
            super().on_connection_error_before_connected(exc)
            return
        self._trouble.is_met(f"the broker does not do what it is asked: {exc}")
        closing.wait(_PAUSE_S)

    def on_ready(self) -> None:
        """It is connected, and asks for messages."""
        super().on_ready()
        self._trouble.is_over()
