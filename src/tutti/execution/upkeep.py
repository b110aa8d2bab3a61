"""What a worker's first process does besides Celery's work: give signs of life and look after the job store.

Both are steps of Celery's start: they begin when the pool is forked, so that threads and connections are no child's,
and do not wait for the broker.
"""

import logging
import os
import time
from typing import Any

from celery import bootsteps
from celery.worker import state
from kombu.asynchronous import Hub

from tutti.cluster.idle_first import IdleFirst
from tutti.cluster.own_pod import OwnPod
from tutti.execution.broker import Broker
from tutti.execution.chore import Chore
from tutti.execution.housekeeping import Housekeeping
from tutti.execution.job_request import process_lost
from tutti.execution.orphans import collect
from tutti.execution.pulse import Pulse
from tutti.execution.watchdog import Watchdog
from tutti.execution.worker_process import closing
from tutti.jobs.database import Database
from tutti.jobs.holders import process_name
from tutti.jobs.reading import try_reading
from tutti.settings import read_settings

logger = logging.getLogger(__name__)

_INTERVAL_S = 1.0
_EXIT_DEAF = 75  # "temporary failure": start it again


class LoopPulse(bootsteps.StartStopStep):
    """A step of the consumer: has its event loop say each second that it goes round, as long as it does."""

    def register_with_event_loop(self, consumer: Any, hub: Hub) -> None:
        """Celery calls this whenever the loop begins; what was registered before ended with its connection."""
        hub.call_repeatedly(_INTERVAL_S, consumer.controller.pulse.alive)


class Upkeep(bootsteps.StartStopStep):
    """A step of the worker: housekeeping, and the signs of life that the event loop can't give."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._settings = read_settings()
        worker.pulse = self._pulse = Pulse(self._settings.probe_folder)

    def start(self, worker: Any) -> None:
        """Begin."""
        self._worker = worker
        self._database, self._broker = Database(self._settings, closing.is_set), Broker(self._settings)
        self._housekeeping = Housekeeping(
            self._database, self._settings, self._broker, lambda job_id: self._broker.publish(job_id, None)
        )
        self._queues = tuple(worker.app.amqp.queues.consume_from)
        self._watchdog = Watchdog(self._settings.deaf_after_s)
        self._chores = [
            Chore("liveness", _INTERVAL_S, self._beat),
            Chore("readiness", _INTERVAL_S, self._look),
            Chore("watchdog", _INTERVAL_S, self._watch),
            Chore("orphans", _INTERVAL_S, lambda: self._collect(worker.pool)),
        ]
        process_lost.connect(self._take_back)
        if self._settings.pod_name:
            idle_first = IdleFirst(OwnPod(self._settings.pod_name).annotate)
            self._chores.append(Chore("idle first", _INTERVAL_S, lambda: idle_first.look(len(state.active_requests))))
        self._housekeeping.start()
        for chore in self._chores:
            chore.start()

    def stop(self, worker: Any) -> None:
        """End in order."""
        logger.info("the worker ends, and hands over what runs")
        process_lost.disconnect(self._take_back)
        for chore in self._chores:
            chore.close(self._settings.shutdown_grace_s)
        self._housekeeping.close()
        self._broker.close()
        self._database.close()
        self._pulse.not_ready()

    def terminate(self, worker: Any) -> None:
        """End as well if Celery ends in haste."""
        self.stop(worker)

    @property
    def _connected(self) -> bool:
        return self._worker.consumer.connection is not None

    def _beat(self) -> None:
        """The loop is not there while the worker looks for its broker, or ends: both are no reason to kill it."""
        if closing.is_set() or not self._connected:
            self._pulse.alive()

    def _look(self) -> None:
        if closing.is_set():
            self._pulse.not_ready()
        elif self._connected and self._broker.answers():
            with self._database.reading() as session:
                try_reading(session)
            self._pulse.ready()

    def _take_back(self, pid: int, **_: Any) -> None:
        self._housekeeping.take_back_from(process_name(pid))

    def _collect(self, pool: Any) -> None:
        """Only process 1 inherits orphans. The pool waits for its processes itself."""
        if os.getpid() == 1:
            collect(set(pool.info["processes"]))

    def _watch(self) -> None:
        """End the worker if it is deaf; whoever started it starts it again."""
        deaf = self._watchdog.deaf(
            free=self._connected and not closing.is_set() and len(state.reserved_requests) < self._worker.concurrency,
            waiting=self._connected and any(self._broker.waiting(queue) for queue in self._queues),
            taken=state.all_total_count[0],
        )
        if not deaf:
            return
        logger.critical("jobs wait, a slot is free, and no message was taken for %g s", self._settings.deaf_after_s)
        closing.set()  # running jobs are handed over
        state.should_stop = _EXIT_DEAF  # type: ignore[assignment]  # the main loop ends by itself, if it still goes round
        time.sleep(self._settings.ending_s)
        os._exit(_EXIT_DEAF)
