"""The task that Celery workers run: one job of the store, through the same runner as everywhere."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from celery import Task
from celery.exceptions import Ignore
from kombu.exceptions import OperationalError as BrokerAwayError
from pydantic_core import from_json
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from structlog.contextvars import bind_contextvars, clear_contextvars

from tutti.execution.announcements import Announcements
from tutti.execution.broker import progress_message
from tutti.execution.celery_app import app
from tutti.execution.celery_configuration import TASK
from tutti.execution.ending import Completion
from tutti.execution.errors import JobFailedError
from tutti.execution.queues import queue_for
from tutti.execution.runner import Announce, Attempt
from tutti.execution.trouble import Trouble
from tutti.execution.worker_process import WorkerProcess, closing, this_process
from tutti.fleet.schedule import schedule_of_texts
from tutti.jobs import reading
from tutti.jobs.errors import first_line
from tutti.jobs.leases import Lease, Work, claim, claim_new
from tutti.jobs.states import State
from tutti.jobs.submission import Submission, submit

logger = logging.getLogger(__name__)

TRANSIENT = (OperationalError, RedisError, ConnectionError, TimeoutError)
"""Errors that pass by themselves: something that the task needs is away."""

_FIRST_RETRY_S = 60
_OF_ANOTHER_STORE = (
    "the message tells of a job that this job store doesn't have: another service may use the same database of Redis, "
    "where each needs one of its own, or the store was restored from a backup that is older than the job"
)
_SHOWN = 64  # characters of a result that Celery's events and Flower show: it is a day of our users, and costs time


@app.task(
    bind=True,
    name=TASK,
    max_retries=3,
    throws=(JobFailedError,),  # foreseen, and the job's history says why: Celery need not log a traceback
    Request="tutti.execution.job_request:JobRequest",
    resultrepr_maxsize=_SHOWN,
)
def optimize_task(self: "Task[Any, Any]", routes_data: list[dict[str, Any]] | None, job_id: str) -> dict[str, Any]:
    """Run the job `job_id` of the store and return its {"schedule", "stats"}.

    Routes that are given for a job that the store does not know become a job under that id. A message for a job that
    runs elsewhere, or has ended, is no error: it is dropped, or answered with the result that is there.
    """
    clear_contextvars()
    bind_contextvars(job_id=job_id, task_id=self.request.id)
    try:
        worker = this_process()
        claimed = _claim(worker, routes_data, job_id, self.request.id)
        if claimed is not None:
            tell = _telling(worker, self)
            with Announcements(tell, 2 * worker.settings.broker_timeout_s) as announce:
                attempt = Attempt(
                    *claimed,
                    worker.slot,
                    database=worker.database,
                    settings=worker.settings,
                    announce=announce,
                    closing=closing,
                    with_schedule=True,
                )
                completion = attempt.run()
            tell(job_id, attempt.progress)
            if completion is not None:
                return _answer(claimed[1].content, completion)
        return _outcome(worker, job_id, self)
    except TRANSIENT as error:
        logger.warning("what the task needs is away, it is tried again later: %s", first_line(error))
        raise self.retry(exc=error, countdown=_FIRST_RETRY_S * 2**self.request.retries) from error


def _claim(
    worker: WorkerProcess, routes_data: list[dict[str, Any]] | None, job_id: str, task_id: str | None
) -> tuple[Lease, Work] | None:
    database, holder, lease_s = worker.database, worker.holder, worker.settings.lease_s
    with database.at_once() as connection:
        claimed = claim_new(connection, holder=holder, lease_s=lease_s, job_id=job_id, task_id=task_id)
    if claimed is None:  # it ran before, perhaps up to a checkpoint; or there is nothing to claim
        with database.writing() as session:
            if routes_data is not None and reading.find(session, job_id) is None:
                queue = queue_for(len(routes_data), worker.settings)
                submit(session, Submission(json.dumps(routes_data), len(routes_data), "celery", queue), job_id=job_id)
            claimed = claim(session, holder=holder, lease_s=lease_s, job_id=job_id, task_id=task_id)
    if claimed is not None:
        bind_contextvars(attempt=claimed[0].attempt)
    return claimed


def _telling(worker: WorkerProcess, task: "Task[Any, Any]") -> Announce:
    """Tells the job's watchers, and whoever asks Celery for the task's state."""

    trouble = Trouble(logger, "progress of the task")
    task_id = task.request.id  # asked for here: the request belongs to the thread that runs the task

    def tell(job_id: str, progress: Mapping[str, Any] | None) -> None:
        worker.broker.publish(job_id, progress)
        if progress is not None and progress["percent"] == 100:
            return  # the task is about to end, with its result
        try:
            with worker.broker.circuit.passing():
                task.update_state(state="PROGRESS", meta=progress_message(job_id, progress), task_id=task_id)
        except (RedisError, BrokerAwayError) as error:
            trouble.is_met(str(error))
        else:
            trouble.is_over()

    return tell


def _outcome(worker: WorkerProcess, job_id: str, task: "Task[Any, Any]") -> dict[str, Any]:
    """The result of a completed job. Ignore if there is nothing to tell (yet), JobFailedError if it failed."""
    with worker.database.reading() as session:
        found = reading.planned(session, job_id)
    if found is None:
        logger.warning(_OF_ANOTHER_STORE)
        raise JobFailedError("unknown_job", f"there is no job {job_id}")
    job, payload, document = found
    if job.state == State.FAILED:
        raise JobFailedError(job.error_code or "", job.error or "")
    if job.state == State.CANCELLED:
        task.update_state(state="REVOKED")
    if job.state != State.COMPLETED or payload is None or document is None:
        raise Ignore
    return schedule_of_texts(payload, document)


def _answer(payload: str, completion: Completion) -> dict[str, Any]:
    """What the job was completed with. The solver has made most of it, unless it was killed, or could not write it."""
    if completion.schedule is None:
        return schedule_of_texts(payload, completion.document)
    answer: dict[str, Any] = from_json(completion.schedule)
    return answer
