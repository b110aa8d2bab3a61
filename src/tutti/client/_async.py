"""`AsyncClient`: the service, for asyncio."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
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


class AsyncClient:
    """`Client` with the same methods, to be awaited; `jobs` and `watch` are async iterators."""

    def __init__(
        self, server: str = "http://127.0.0.1:8000", *, token: str | None = None, timeout_s: float = 30.0, **http: Any
    ) -> None:
        url = calls.server_url(server)
        self.server = calls.named(url)
        self._known = False  # whether the service is known to be there: it has answered
        self._stream_timeout = httpx.Timeout(timeout_s, read=SILENCE_S)
        with usable():
            self._http = httpx.AsyncClient(
                base_url=self.server, timeout=timeout_s, **calls.connections(url, token, http)
            )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """As in Client."""
        await self._http.aclose()

    async def submit(
        self, content: object, options: Mapping[str, object] | None = None, *, idempotency_key: str | None = None
    ) -> Job:
        """As in Client."""
        return await self._send(calls.submit(content, options, idempotency_key))

    async def validate(self, content: object, plan: object | None = None) -> Validation:
        """As in Client."""
        return await self._send(calls.validate(content, plan))

    async def job(self, job_id: str) -> Job:
        """As in Client."""
        return await self._send(calls.job(job_id))

    async def jobs(self, status: str | Collection[str] = ()) -> AsyncIterator[Job]:
        """As in Client."""
        cursor = None
        while True:
            page = await self._send(calls.page(status, cursor))
            for job in page.jobs:
                yield job
            if (cursor := page.next) is None:
                return

    async def plan(self, job_id: str) -> JobPlan:
        """As in Client."""
        return await self._send(calls.plan(job_id))

    async def day(self, job_id: str) -> Day:
        """As in Client."""
        return await self._send(calls.day(job_id))

    async def history(self, job_id: str) -> History:
        """As in Client."""
        return await self._send(calls.history(job_id))

    async def status(self) -> ServiceStatus:
        """As in Client."""
        return await self._send(calls.status())

    async def stop(self, job_id: str) -> Job:
        """As in Client."""
        return await self._send(calls.stop(job_id))

    async def cancel(self, job_id: str) -> Job:
        """As in Client."""
        return await self._send(calls.cancel(job_id))

    async def watch(self, job_id: str, *, after: int = 0) -> AsyncGenerator[Event]:
        """As in Client. Who leaves it before its end closes it, best by contextlib.aclosing."""
        trail = Trail(job_id, after, known=self._known)
        while not trail.ended:
            trouble = None
            try:
                async with aclosing(self._stream(trail)) as events:
                    async for event in events:
                        yield event
            except ClientError as error:
                trouble = error
            if not trail.ended:
                await asyncio.sleep(trail.pause_s(trouble))

    async def wait(self, job_id: str) -> Job:
        """As in Client."""
        async for _ in self.watch(job_id):
            pass
        return await self.patiently(lambda: self.job(job_id))

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """As in Client: `await patiently(lambda: client.plan(job_id))`."""
        patience = Patience(known=self._known)
        while True:
            try:
                return await ask()
            except ClientError as error:
                await asyncio.sleep(patience.pause_s(error))

    async def _send(self, call: calls.Call[T]) -> T:
        with reaching(self.server):
            answer = await self._http.send(call.request(self._http))
        found = call.result(answer)
        self._known = True
        return found

    async def _stream(self, trail: Trail) -> AsyncGenerator[Event]:
        with reaching(self.server):
            async with self._http.stream(
                "GET", trail.path, headers=trail.headers, timeout=self._stream_timeout
            ) as answer:
                if not answer.is_success:
                    await answer.aread()
                trail.open(answer)
                self._known = True
                if not trail.ended:
                    async for told in EventSource(answer).aiter_sse():
                        if tells(told):
                            yield trail.take(told)
