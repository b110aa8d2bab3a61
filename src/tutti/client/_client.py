"""`Client`: the service, blocking."""

import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from httpx_sse import EventSource

from tutti.client import _calls as calls
from tutti.client._errors import ClientError, reaching
from tutti.client._models import Event, History, Job, JobPlan, ServiceStatus, Validation
from tutti.client._patience import Patience
from tutti.client._proxies import usable
from tutti.client._trail import SILENCE_S, Trail, tells
from tutti.fleet.day import Day

T = TypeVar("T")


class Client:
    """The service at an address. All methods raise ClientError, which draws its kinds.

    token: a user's password, for a service that has users, unless `server` has a name and password in it.
    timeout_s: of each step of a call, not of watching or waiting. Further arguments are those of httpx.Client, such
    as `headers`, `auth`, `verify` and `proxy`. `server` is then its address as it may be shown, without a name and
    password in it.
    """

    def __init__(
        self, server: str = "http://127.0.0.1:8000", *, token: str | None = None, timeout_s: float = 30.0, **http: Any
    ) -> None:
        url = calls.server_url(server)
        self.server = calls.named(url)
        self._known = False  # whether the service is known to be there: it has answered
        self._stream_timeout = httpx.Timeout(timeout_s, read=SILENCE_S)
        with usable():
            self._http = httpx.Client(base_url=self.server, timeout=timeout_s, **calls.connections(url, token, http))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def submit(
        self, content: object, options: Mapping[str, object] | None = None, *, idempotency_key: str | None = None
    ) -> Job:
        """Have a day planned: a list of routes or {"routes", "options"}; `options` given here win.

        The same key and content give the same job, so that a submission whose answer was lost can be sent again.
        """
        return self._send(calls.submit(content, options, idempotency_key))

    def validate(self, content: object, plan: object | None = None) -> Validation:
        """Check a day, or a plan document for it, without solving."""
        return self._send(calls.validate(content, plan))

    def job(self, job_id: str) -> Job:
        """A job as it is now."""
        return self._send(calls.job(job_id))

    def jobs(self, status: str | Collection[str] = ()) -> Iterator[Job]:
        """All jobs, or those in one of these states (JobStatus), the newest first; asked for as they are needed."""
        cursor = None
        while True:
            page = self._send(calls.page(status, cursor))
            yield from page.jobs
            if (cursor := page.next) is None:
                return

    def plan(self, job_id: str) -> JobPlan:
        """The plan of a job that has ended. ConflictError before that, GoneError if it has none."""
        return self._send(calls.plan(job_id))

    def day(self, job_id: str) -> Day:
        """The day that a job plans, as it was submitted."""
        return self._send(calls.day(job_id))

    def history(self, job_id: str) -> History:
        """What happened to a job: who ran it when, why it moved, what was lost."""
        return self._send(calls.history(job_id))

    def status(self) -> ServiceStatus:
        """How the service is: what it needs, who works, what waits, what failed last."""
        return self._send(calls.status())

    def stop(self, job_id: str) -> Job:
        """End a job soon; it is then completed with its best plan."""
        return self._send(calls.stop(job_id))

    def cancel(self, job_id: str) -> Job:
        """Give a job up; one that has ended stays as it is."""
        return self._send(calls.cancel(job_id))

    def watch(self, job_id: str, *, after: int = 0) -> Generator[Event]:
        """What happens to a job, from the event after number `after` to its end, each once and in order.

        A connection that breaks is made again, a few times with growing pauses, and goes on where it was; so is the
        first one if the server says that it is away for a moment, or has answered this client before.
        """
        trail = Trail(job_id, after, known=self._known)
        while not trail.ended:
            trouble = None
            try:
                yield from self._stream(trail)
            except ClientError as error:
                trouble = error
            if not trail.ended:
                time.sleep(trail.pause_s(trouble))

    def wait(self, job_id: str) -> Job:
        """The job as soon as it has ended. As patient as `watch`."""
        for _ in self.watch(job_id):
            pass
        return self.patiently(lambda: self.job(job_id))

    def patiently(self, ask: Callable[[], T]) -> T:
        """What `ask` returns, which calls this client and changes nothing: `patiently(lambda: client.plan(job_id))`.

        Asked again a few times, as `watch` does, if the service is away for a moment.
        """
        patience = Patience(known=self._known)
        while True:
            try:
                return ask()
            except ClientError as error:
                time.sleep(patience.pause_s(error))

    def _send(self, call: calls.Call[T]) -> T:
        with reaching(self.server):
            answer = self._http.send(call.request(self._http))
        found = call.result(answer)
        self._known = True
        return found

    def _stream(self, trail: Trail) -> Iterator[Event]:
        with (
            reaching(self.server),
            self._http.stream("GET", trail.path, headers=trail.headers, timeout=self._stream_timeout) as answer,
        ):
            if not answer.is_success:
                answer.read()
            trail.open(answer)
            self._known = True
            if not trail.ended:
                yield from map(trail.take, filter(tells, EventSource(answer).iter_sse()))
