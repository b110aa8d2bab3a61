"""`tutti worker`: a Celery worker with the right flags, and what its processes do when they start and end."""

import gc
import logging
import os
import socket
import sys
import warnings
from typing import Any

from billiard.util import get_logger
from celery import bootsteps
from celery.apps.worker import install_worker_term_handler  # type: ignore[attr-defined]  # its types lack it
from celery.signals import setup_logging, worker_process_init, worker_process_shutdown, worker_shutting_down

from tutti.execution.celery_app import app
from tutti.execution.celery_configuration import WORKER_QUEUES
from tutti.execution.metrics_port import MetricsPort
from tutti.execution.queues import CELERY
from tutti.execution.upkeep import LoopPulse, Upkeep
from tutti.execution.worker_process import close_process, closing, this_process
from tutti.fleet.errors import Finding, InputError
from tutti.settings import read_settings
from tutti.telemetry.counting import begin_counts
from tutti.telemetry.exposing import forget_process
from tutti.telemetry.logs import set_up_logs
from tutti.telemetry.tracing import end_tracing, set_up_tracing

logger = logging.getLogger(__name__)


class QuietEnd(bootsteps.StartStopStep):
    """A step of the worker: at SIGTERM Celery prints no words of its own between the lines of the log."""

    def start(self, worker: Any) -> None:
        """Listen to it as Celery does."""
        install_worker_term_handler(worker, verbose=False)


def run_worker() -> None:
    """Work until SIGTERM, which hands running jobs back, or SIGQUIT. InputError without a broker.

    Exits by Celery's code for how it ended, and by 75 if the watchdog found that it hears nothing of its broker.
    """
    settings = read_settings()
    set_up_logs(settings.log_format, settings.log_level)
    if not settings.uses_celery:
        raise InputError([Finding("TUTTI_BROKER_URL", "names no broker, or CELERY_ENABLED is false; set it")])
    app.steps["worker"].add(QuietEnd)
    app.steps["worker"].add(Upkeep)
    app.steps["worker"].add(MetricsPort)
    app.steps["consumer"].add(LoopPulse)
    warnings.filterwarnings("ignore", "Exception raised outside body", RuntimeWarning)  # JobRequest says it without
    served = _queues(settings.worker_queues)
    logger.info("the worker begins, for jobs of %s", ",".join(served))
    worker = app.Worker(
        hostname=f"celery-{os.getpid()}@{socket.gethostname()}",  # two of one machine are two, also to Celery
        queues=served,
        pool_cls="prefork",
        optimization="fair",  # a job goes to a process that is free, never behind one that is at work
        without_gossip=True,
        without_mingle=True,
        quiet=True,  # no banner: what is printed is for machines to read
    )
    worker.start()
    logger.info("the worker has ended")
    sys.exit(worker.exitcode)


def _queues(names: str) -> list[str]:
    """The queues of a list by commas. InputError for an empty list, or a queue that no job is ever put into."""
    queues = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in queues if name not in WORKER_QUEUES]
    if unknown or not queues:
        message = f"{'names no queue' if not queues else f'{unknown[0]!r} is no queue'}; {', '.join(WORKER_QUEUES)} are"
        raise InputError([Finding("TUTTI_WORKER_QUEUES", message)])
    return queues


@setup_logging.connect
def _leave_logs_alone(**_: Any) -> None:
    """Celery sets up logs of its own unless somebody listens to this; what its pool says goes the way of the others."""
    get_logger().propagate = True


@worker_process_init.connect
def _open_process(**_: Any) -> None:
    set_up_tracing("tutti-worker")
    this_process()
    begin_counts(CELERY)
    gc.freeze()  # what is imported stays, and need not be looked through for each job


@worker_process_shutdown.connect
def _close_process(**_: Any) -> None:
    close_process()
    end_tracing()
    forget_process(os.getpid())


@worker_shutting_down.connect
def _hand_jobs_back(**_: Any) -> None:
    closing.set()
