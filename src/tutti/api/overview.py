"""How the service is at this moment, in one look: what it needs, who works, what waits, and what failed last."""

import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import anyio
from sqlalchemy import Row

from tutti.api.context import Context
from tutti.api.health import asked, services
from tutti.execution import queues
from tutti.jobs.backlog import Backlog, backlogs, holders
from tutti.jobs.database import Database
from tutti.jobs.reading import page
from tutti.jobs.states import State
from tutti.jobs.store_state import has_room
from tutti.telemetry.counting import to_blame

T = TypeVar("T")

FAILURES = 5
PATIENCE_S = 600.0
"""A job that has waited for this time is worth a look."""
_UNSENT_S = 30.0  # a broker that answers is told of a job within a second
_OF_LATE_S = 900.0
"""As the alert of such jobs has it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the job store tells. held: the jobs that run, by the host of who runs them. has_room: on its disk."""

    backlogs: Sequence[Backlog]
    held: Mapping[str, int]
    failures: Sequence[Row[Any]]
    has_room: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """services: each `ok`, or how it is. workers: the queues that each serves. None: nobody could be asked."""

    services: Mapping[str, str]
    stored: Stored | None
    workers: Mapping[str, Sequence[str]] | None

    def backlog(self, queue: str, state: State) -> Backlog:
        """The jobs of a queue in a state; none if the store tells of none."""
        found = () if self.stored is None else self.stored.backlogs
        none = Backlog(queue, state, 0, 0, 0, 0)
        return next((one for one in found if (one.queue, one.state) == (queue, state)), none)

    def queues(self) -> list[str]:
        """Those that are served, or have jobs."""
        served = {queue for names in (self.workers or {}).values() for queue in names} - {queues.DEFAULT}
        stored = {one.queue for one in self.stored.backlogs} if self.stored else set()
        return sorted(served | stored)

    def serving(self, queue: str) -> int:
        """How many workers serve the queue."""
        return sum(queue in served for served in (self.workers or {}).values())

    def attention(self) -> Iterator[str]:
        """What someone should look at, in sentences."""
        if self.stored is None and self.services.get("database") == "ok":
            yield "the job store answers, but could not be read in time: what waits there is not known"
        elif self.stored is None:
            yield "the job store can't be read: no job is accepted, and those that run go on"
        elif not self.stored.has_room:
            yield "the disk of the job store is full: jobs are refused, and ends of jobs wait for room"
        if self.services["redis"] == "unavailable":
            yield "the broker can't be reached: workers get no job until it is back"
        elif self.services["redis"] == "full":
            yield "the broker is full: workers get no job until it has room"
        for queue in self.queues():
            waiting = self.backlog(queue, State.QUEUED)
            if self.services["redis"] == "ok" and queue != queues.EMBEDDED and waiting.unsent_s > _UNSENT_S:
                yield f"the broker answers, but is not told of jobs of the queue {queue}: the log of relay says why"
            elif waiting.jobs and self.workers is not None and not self.serving(queue):
                yield f"no worker serves the queue {queue}, in which {_jobs(waiting.jobs)}"
            elif waiting.jobs and self.workers is None and self.services["redis"] == "ok":
                yield f"it could not be asked in time who serves the queue {queue}, in which {_jobs(waiting.jobs)}"
            elif waiting.jobs and waiting.oldest_s > PATIENCE_S:
                yield f"a job in the queue {queue} has waited for {waiting.oldest_s / 60:.0f} minutes"
        if given_up := self._given_up():
            yield f"{_given_up(len(given_up))} ({given_up[0].error_code}): tutti history {given_up[0].id} tells why"

    def _given_up(self) -> list[Row[Any]]:
        """Of the last failures those of late that are the service's."""
        since = datetime.now(UTC) - timedelta(seconds=_OF_LATE_S)
        failed = () if self.stored is None else self.stored.failures
        return [job for job in failed if job.ended_at and job.ended_at > since and to_blame(job.error_code or "")]


async def overview(context: Context) -> Overview:
    """Look at everything at once; within a second, whatever hangs."""
    found: dict[str, str] = {}
    stored: list[Stored] = []
    workers: list[Mapping[str, Sequence[str]]] = []

    async def look(into: list[T], ask: Callable[[], T]) -> None:
        if (answer := await asked(ask, None)) is not None:
            into.append(answer)

    async def look_at_services() -> None:
        found.update(await services(context))

    async with anyio.create_task_group() as group:
        group.start_soon(look_at_services)
        group.start_soon(look, stored, partial(_stored, context.database))
        group.start_soon(look, workers, partial(_workers, context))
    known, serving = stored[0] if stored else None, workers[0] if workers else None
    if context.broker is None and known and serving:  # its slots take every job, also one that was to be a worker's
        all_queues = sorted({queues.EMBEDDED, *(one.queue for one in known.backlogs)})
        serving = dict.fromkeys(serving, all_queues)
    return Overview(found, known, serving)


def _jobs(count: int) -> str:
    return "a job waits" if count == 1 else f"{count} jobs wait"


def _given_up(count: int) -> str:
    if count == 1:
        return "a job was given up"
    return f"{count}{' or more' if count == FAILURES else ''} jobs were given up, the newest"


def _stored(database: Database) -> Stored:
    with database.reading() as session:
        failed = page(session, states=[State.FAILED], limit=FAILURES)
        held: Counter[str] = Counter()
        for holder, jobs in holders(session).items():
            held[holder.partition("/")[0]] += jobs
        known = backlogs(session)
    return Stored(known, held, failed, has_room(database))


def _workers(context: Context) -> Mapping[str, Sequence[str]]:
    """Celery's workers, and this service where it runs jobs itself."""
    here = {} if context.executor is None else {f"api@{socket.gethostname()}": [queues.EMBEDDED]}
    return here if context.broker is None else {**context.broker.workers(), **here}
