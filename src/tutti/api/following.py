"""A job's events as they come, for as many watchers as there are: each reads on from the last number that it has."""

import logging
from collections.abc import AsyncIterator, Sequence

import anyio
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import DBAPIError, OperationalError

from tutti.api.context import Context
from tutti.execution.trouble import Trouble
from tutti.jobs.errors import first_line
from tutti.jobs.events import Kind, events_after
from tutti.jobs.reading import last_events
from tutti.jobs.tables import JobEvent
from tutti.telemetry.metrics import WATCHERS

logger = logging.getLogger(__name__)

TERMINAL = (Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED)
KEEP_ALIVE_S = 15.0
_LOOK_INTERVAL_S = 0.5
_PAGE = 50  # events that are read ahead of a watcher, and wait in memory if it does not take them


async def follow(context: Context, job_id: str, after: int, *, way: str) -> AsyncIterator[JobEvent | None]:
    """The events numbered above `after`, each once and in order, until the job or the service ends.

    None when nothing has happened for `KEEP_ALIVE_S`, and time and again while the job store is away, when nothing can
    happen. Nothing is kept for a watcher that does not ask for the next one.
    """
    with context.hub.listening(job_id) as listener, WATCHERS.labels(way).track_inprogress():
        while not context.hub.closing:
            try:
                events = await run_in_threadpool(_read, context, job_id, after)
            except OperationalError:  # `watch` says so
                yield None
                await anyio.sleep(_LOOK_INTERVAL_S)
                continue
            for event in events:
                yield event
                after = event.number
                if event.kind in TERMINAL:
                    return
            if not events and not await listener.wait(KEEP_ALIVE_S):
                yield None


async def watch(context: Context) -> None:
    """Wake the listeners of jobs that were changed by processes that this one hears nothing from.

    One query for all of them, twice a second while there are any.
    """
    seen: dict[str, int] = {}
    trouble = Trouble(logger, "news of jobs")
    while not context.hub.closing:
        await anyio.sleep(_LOOK_INTERVAL_S)
        job_ids = context.hub.listened()
        try:
            found = await run_in_threadpool(_last_events, context, job_ids) if job_ids else {}
        except DBAPIError as error:
            trouble.is_met(f"the job store is away: {first_line(error)}")
            continue
        trouble.is_over()
        for job_id, number in found.items():
            if seen.get(job_id) != number:
                context.hub.announce(job_id)
        seen = found


def _read(context: Context, job_id: str, after: int) -> Sequence[JobEvent]:
    with context.database.reading() as session:
        return events_after(session, job_id, after, _PAGE)


def _last_events(context: Context, job_ids: Sequence[str]) -> dict[str, int]:
    with context.database.reading() as session:
        return last_events(session, job_ids)
