"""Watching a job over connections that break."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, closing
from itertools import count, pairwise
from math import inf
from pathlib import Path

import httpx
import pytest
from httpx_sse import ServerSentEvent

from tests.days import day
from tests.services import Proxy, tutti_serve
from tutti import AsyncClient, Client
from tutti.client import (
    ClientError,
    EventKind,
    JobStatus,
    TooManyJobsError,
    UnavailableError,
    UnknownJobError,
    UnreachableError,
    UnreadableError,
    _patience,
    _trail,
)

LONG = day(2500)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_patience, "_FIRST_PAUSE_S", 0.01)


def test_each_event_renews_the_patience_of_a_watcher() -> None:
    trail = _trail.Trail("job", 0, known=True)
    for number in range(1, 20):
        assert trail.pause_s(None) == 0.01
        trail.take(ServerSentEvent("queued", '{"job_id": "job", "at": "2026-01-01T00:00:00Z"}', str(number)))


def test_a_watcher_sees_each_event_from_the_first_to_the_last(client: Client) -> None:
    events = list(client.watch(client.submit(day(12)).id))
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert [event.kind for event in events[:2]] == [EventKind.QUEUED, EventKind.STARTED]
    assert [event.last for event in events[-2:]] == [False, True]
    end = events[-1]
    assert end.kind is EventKind.COMPLETED
    assert end.progress is not None
    assert end.progress.buses == end.progress.bound_buses


AT = '{"job_id": "job", "at": "2026-09-01T06:00:00Z"}'


def stream(*events: tuple[str, str]) -> httpx.MockTransport:
    """A service that tells of events, kind and data each, with a sign of life after each of them."""
    told = [f"id: {n}\nevent: {kind}\ndata: {data}\n\n: ping\n\n" for n, (kind, data) in enumerate(events, 1)]
    answer = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, text="".join(told))
    return httpx.MockTransport(lambda _: answer)


def test_a_silence_between_events_is_no_event() -> None:
    with Client("http://service", transport=stream(("queued", AT), ("cancelled", AT))) as watcher:
        assert [event.kind for event in watcher.watch("job")] == [EventKind.QUEUED, EventKind.CANCELLED]


def test_an_awaited_watch_takes_a_silence_for_no_event_too() -> None:
    async def watch() -> list[EventKind]:
        async with AsyncClient("http://service", transport=stream(("queued", AT), ("cancelled", AT))) as watcher:
            return [event.kind async for event in watcher.watch("job")]

    assert asyncio.run(watch()) == [EventKind.QUEUED, EventKind.CANCELLED]


def test_events_of_a_later_service_that_this_client_does_not_know_are_passed_over() -> None:
    with Client("http://service", transport=stream(("queued", AT), ("paused", AT), ("cancelled", AT))) as watcher:
        assert [event.number for event in watcher.watch("job")] == [1, 3]


@pytest.mark.parametrize("data", ["{", "[]", "{}", "[" * 200_000, '{"a":' * 200_000])
def test_an_event_that_can_not_be_read_is_told_as_such(data: str) -> None:
    transport = stream(("queued", data))
    with (
        Client("http://service", transport=transport) as watcher,
        pytest.raises(UnreadableError, match="can't be read"),
    ):
        next(watcher.watch("job"))


class Unending(httpx.AsyncByteStream):
    """A stream of events that never ends."""

    def __init__(self) -> None:
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for number in count(1):
            yield f"id: {number}\nevent: progress\ndata: {AT}\n\n".encode()

    async def aclose(self) -> None:
        self.closed = True


def test_an_awaited_watch_that_is_closed_leaves_no_connection() -> None:
    body = Unending()
    answer = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, stream=body)

    async def watch() -> None:
        async with AsyncClient("http://service", transport=httpx.MockTransport(lambda _: answer)) as watcher:
            async with aclosing(watcher.watch("job")) as events:
                assert (await anext(events)).number == 1
            assert body.closed

    asyncio.run(watch())


def test_a_client_has_a_connection_left_however_many_jobs_it_watches(client: Client, server: str) -> None:
    job_id = client.submit(LONG).id

    async def watch(watchers: int) -> None:
        async with AsyncClient(server, timeout_s=10) as watcher, AsyncExitStack() as watches:
            for _ in range(watchers):
                await anext(await watches.enter_async_context(aclosing(watcher.watch(job_id))))
            assert (await watcher.job(job_id)).id == job_id

    asyncio.run(watch(101))


def test_a_watcher_can_go_on_where_another_was(client: Client) -> None:
    job_id = client.submit(day(12)).id
    everything = list(client.watch(job_id))
    assert list(client.watch(job_id, after=2)) == everything[2:]
    assert list(client.watch(job_id, after=everything[-1].number)) == []


def test_a_connection_that_breaks_is_made_again_and_no_event_is_lost_or_told_twice(
    client: Client, proxy: Proxy
) -> None:
    numbers = []
    with Client(proxy.address) as watcher:
        job_id = watcher.submit(LONG).id
        for event in watcher.watch(job_id):
            numbers.append(event.number)
            if len(numbers) in (1, 4):
                proxy.cut()
            if len(numbers) == 6:
                client.stop(job_id)
    assert all(after == before + 1 for before, after in pairwise([0, *numbers]))
    assert event.kind is EventKind.COMPLETED
    assert proxy.connections >= 3


def test_an_awaited_watch_survives_a_broken_connection_too(client: Client, proxy: Proxy) -> None:
    async def watch() -> list[int]:
        numbers = []
        async with AsyncClient(proxy.address) as watcher:
            job_id = (await watcher.submit(LONG)).id
            async for event in watcher.watch(job_id):
                numbers.append(event.number)
                if len(numbers) == 1:
                    proxy.cut()
                if len(numbers) == 3:
                    client.cancel(job_id)
        return numbers

    numbers = asyncio.run(watch())
    assert numbers == list(range(1, len(numbers) + 1))
    assert proxy.connections >= 2


def test_a_server_that_stays_away_is_given_up(client: Client, proxy: Proxy) -> None:
    with Client(proxy.address) as watcher:
        events = watcher.watch(client.submit(LONG).id)
        next(events)
        before = proxy.connections
        proxy.refusals = inf
        proxy.cut()
        with pytest.raises(UnreachableError, match="broke"):
            list(events)
    assert proxy.connections == before + _patience._MOST_TRIES


def test_a_watch_of_a_service_that_has_answered_waits_for_it(client: Client, proxy: Proxy) -> None:
    with Client(proxy.address) as watcher:
        job_id = watcher.submit(day(3)).id
        proxy.refusals = 2
        proxy.cut()
        assert [event.kind for event in watcher.watch(job_id)][-1] is EventKind.COMPLETED
    assert (proxy.refusals, proxy.connections) == (0, 4)


def test_who_waits_gets_the_job_though_the_service_goes_away_just_after_its_end(client: Client, proxy: Proxy) -> None:
    job_id = client.wait(client.submit(day(3)).id).id

    def leave_after_the_end(answer: httpx.Response) -> None:
        if answer.url.path.endswith("/events"):
            proxy.refusals = 2
            answer.read()
            proxy.cut()

    with Client(proxy.address, event_hooks={"response": [leave_after_the_end]}) as watcher:
        assert watcher.wait(job_id).status is JobStatus.COMPLETED
    assert (proxy.refusals, proxy.connections) == (0, 4)


def test_a_watch_that_is_begun_while_the_job_store_is_away_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_patience, "_MOST_PAUSE_S", 0.01)
    answers: list[int] = []

    def come_back(answer: httpx.Response) -> None:
        if not answers:
            rename_table(tmp_path, "away", "jobs")
        answers.append(answer.status_code)

    with tutti_serve(tmp_path) as address, Client(address) as client:
        job_id = client.submit(day(3)).id
        rename_table(tmp_path, "jobs", "away")
        with Client(address, event_hooks={"response": [come_back]}) as watcher:
            assert [event.kind for event in watcher.watch(job_id)][-1] is EventKind.COMPLETED
    assert answers == [503, 200]


def rename_table(folder: Path, name: str, new_name: str) -> None:
    """In the job store of a service."""
    with closing(sqlite3.connect(folder / "tutti.db", timeout=30)) as store:
        store.execute(f"ALTER TABLE {name} RENAME TO {new_name}")


def test_a_first_connection_that_fails_is_told_at_once(proxy: Proxy) -> None:
    proxy.refusals = inf
    with Client(proxy.address) as watcher, pytest.raises(UnreachableError):
        next(watcher.watch("any"))
    assert proxy.connections == 1


def test_an_unknown_job_is_told_at_once(client: Client) -> None:
    with pytest.raises(UnknownJobError, match="there is no job 'none'"):
        next(client.watch("none"))


def interrupted(trouble: ClientError | None) -> float:
    """How long a watcher pauses, in seconds, when this happens to its connection."""
    trail = _trail.Trail("any", 0, known=False)
    trail.open(httpx.Response(200, headers={"Content-Type": "text/event-stream"}))
    return trail.pause_s(trouble)


def test_a_server_that_is_away_for_a_moment_is_asked_again_when_it_says_so() -> None:
    assert interrupted(UnavailableError(503, "Unavailable", "away", retry_after_s=7)) == 7
    assert interrupted(UnavailableError(503, "Unavailable", "away", retry_after_s=3600)) == 30
    assert interrupted(UnavailableError(503, "Unavailable", "away")) == _patience._FIRST_PAUSE_S
    assert interrupted(TooManyJobsError(429, "Too many jobs", "full", retry_after_s=7)) == 7


def test_a_job_that_is_removed_meanwhile_is_not_asked_for_again() -> None:
    with pytest.raises(UnknownJobError):
        interrupted(UnknownJobError(404, "Unknown job", "gone"))
