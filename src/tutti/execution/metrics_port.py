"""The port at which a worker tells Prometheus what all of its processes counted."""

import logging
from collections.abc import Callable
from typing import Any

from celery import bootsteps

from tutti.settings import read_settings
from tutti.telemetry.exposing import serve_counts
from tutti.telemetry.metrics import WORKER_SLOTS

logger = logging.getLogger(__name__)


class MetricsPort(bootsteps.StartStopStep):
    """A step of the worker, after the pool is forked, so that its thread is no child's."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._end: Callable[[], None] | None = None

    def start(self, worker: Any) -> None:
        """Begin, if a port is set. A port that is taken is no reason to run no jobs."""
        WORKER_SLOTS.labels(",".join(sorted(worker.app.amqp.queues.consume_from))).set(worker.concurrency)
        if port := read_settings().metrics_port:
            try:
                self._end = serve_counts(port)
            except OSError as error:
                logger.error("no metrics on port %s: %s", port, error.strerror)

    def stop(self, worker: Any) -> None:
        """End."""
        if self._end is not None:
            self._end()

    def terminate(self, worker: Any) -> None:
        """End as well if Celery ends in haste."""
        self.stop(worker)
