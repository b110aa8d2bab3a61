"""What both surfaces do with jobs: accept, wait for, read, cancel, stop. Synchronous parts run in the thread pool."""

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Row
from sqlalchemy.orm import Session

from tutti.api.bodies import Body
from tutti.api.context import Context
from tutti.api.errors import ConflictError, TooLargeError, TooManyJobsError, UnavailableError, UnknownJobError
from tutti.api.given import read_given
from tutti.execution import queues
from tutti.jobs import reading, requests
from tutti.jobs.history import Entry, history
from tutti.jobs.states import State
from tutti.jobs.submission import Submission, active_count, queued_count, submit
from tutti.jobs.tables import Job
from tutti.settings import Settings
from tutti.telemetry.tracing import traceparent

_LOOK_INTERVAL_S = 5.0  # to be sure: changes are announced, or found by the context's watch
_QUEUE_RETRY_S = 30
_BROKER_RETRY_S = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to plan as it came: its body, whose job it is counted as, its idempotency key, options as JSON text."""

    body: Body
    client: str
    idempotency_key: str | None = None
    options: str | None = None


def accept(context: Context, asked: Asked) -> tuple[Job, Sequence[str]]:
    """Check the request and store it as a queued job; the job, and the warnings of its day.

    InputError with every finding; limits raise RefusedError.
    """
    settings = context.settings
    given = read_given(asked.body, asked.options, settings)
    day = given.day()
    warnings = day.warnings
    text = json.dumps(given.content, separators=(",", ":"))
    if given.table is not None and len(text) > settings.max_body_mib * 2**20:  # its rows are shorter than objects
        raise TooLargeError(f"as JSON the table is larger than {settings.max_body_mib} MiB; send fewer routes a job")
    queue = _queue(context, len(day.routes))
    submission = Submission(text, len(day.routes), asked.client, queue, asked.idempotency_key, traceparent())
    with context.database.writing() as session:
        job, new = submit(session, submission)
        if new:
            _check_limits(session, settings, asked.client)
    context.wake()
    return job, warnings


def _queue(context: Context, route_count: int) -> str:
    """Who is to run the job: Celery's workers, or this service where there is no broker, or none that takes it."""
    if context.broker is None:
        return queues.EMBEDDED
    if context.settings.when_broker_away == "queue" or context.broker.takes_messages():
        return queues.queue_for(route_count, context.settings)
    if context.settings.when_broker_away == "inline":
        return queues.EMBEDDED
    raise UnavailableError(
        "the broker is away or full, so no job is taken; try again soon", retry_after_s=_BROKER_RETRY_S
    )


def _check_limits(session: Session, settings: Settings, client: str) -> None:
    """Called with the new job stored but not committed: refusing takes it out again."""
    if queued_count(session) > settings.max_queued:
        message = f"{settings.max_queued} jobs wait already, which is the limit; try again later"
        raise TooManyJobsError(message, retry_after_s=_QUEUE_RETRY_S)
    if active_count(session, client) > settings.max_jobs_per_client:
        message = f"you have {settings.max_jobs_per_client} jobs waiting or running, which is the limit for one client"
        raise TooManyJobsError(message, retry_after_s=_QUEUE_RETRY_S)


async def wait_ended(context: Context, job_id: str, timeout_s: float = float("inf")) -> Job:
    """The job as soon as it has ended, or as it is after the time or when the service shuts down."""
    deadline = time.monotonic() + timeout_s
    with context.hub.listening(job_id) as listener:
        while True:
            job = await run_in_threadpool(get, context, job_id)
            left_s = deadline - time.monotonic()
            if State(job.state).ended or left_s <= 0 or context.hub.closing:
                return job
            await listener.wait(min(left_s, _LOOK_INTERVAL_S))


def get(context: Context, job_id: str) -> Job:
    """The job; UnknownJobError if there is none."""
    with context.database.reading() as session:
        return _get(session, job_id)


def find_task(context: Context, task_id: str) -> Job | None:
    """The job that a task of Celery is for."""
    with context.database.reading() as session:
        return reading.find_by_task(session, task_id)


def page(context: Context, states: Collection[State], before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Jobs as lists show them, the newest first."""
    with context.database.reading() as session:
        return reading.page(session, states=states, before=before, limit=limit)


def planned(context: Context, job_id: str) -> tuple[Job, str | None, str | None]:
    """The job, the JSON text of its request, and that of its best plan, as far as they are there."""
    with context.database.reading() as session:
        found = reading.planned(session, job_id)
    if found is None:
        raise UnknownJobError(job_id)
    return found


def way(context: Context, job_id: str) -> tuple[Job, list[Entry]]:
    """The job, and what happened to it in sentences."""
    with context.database.reading() as session:
        job = _get(session, job_id)
        return job, history(session, job)


def submitted(context: Context, job_id: str) -> str:
    """The day that the job was submitted with, as JSON text."""
    with context.database.reading() as session:
        content = reading.payload(session, job_id)
    if content is None:
        raise UnknownJobError(job_id)
    return content


def cancel(context: Context, job_id: str) -> tuple[Job, bool]:
    """End the job as cancelled; the job as it is now, and whether this request changed it."""
    with context.database.writing() as session:
        changed = requests.cancel(session, job_id)
        job = _get(session, job_id)
    context.hub.announce(job_id)
    return job, changed


def stop(context: Context, job_id: str) -> Job:
    """Ask the job to end soon with its best plan. A completed job stays as it is; others that ended conflict."""
    with context.database.writing() as session:
        requests.request_stop(session, job_id)
        job = _get(session, job_id)
    if job.state in (State.FAILED, State.CANCELLED):
        raise ConflictError(f"job {job_id} has ended already ({job.state}), there is nothing to stop")
    return job


def _get(session: Session, job_id: str) -> Job:
    job = reading.find(session, job_id)
    if job is None:
        raise UnknownJobError(job_id)
    return job
