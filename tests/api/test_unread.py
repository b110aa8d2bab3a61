"""Watchers that open a stream and never read it: nothing of what they do not take waits in the service's memory."""

import base64
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.api.process import Service, serving
from tutti.jobs.changes import Change
from tutti.jobs.database import Database
from tutti.jobs.events import Event, Kind
from tutti.jobs.schema import upgrade
from tutti.jobs.states import State
from tutti.jobs.submission import Submission, submit
from tutti.jobs.tables import JOBS
from tutti.settings import Settings

_WATCHERS = 8
_EVENTS = 4000
_EVENT_BYTES = 4096  # so that each watcher has 16 MiB to read


def told_much(folder: Path) -> str:
    """A job of a job store in the folder that many events tell of, and its id."""
    database = Database(Settings(data_dir=folder))
    upgrade(database.engine)
    much = Event(Kind.PROGRESS, {"phase": "w" * _EVENT_BYTES, "percent": 1})
    with database.writing() as session:
        job, _ = submit(session, Submission("[]", 1, "test", "small"))
        ended = Event(Kind.CANCELLED)
        cancelling = Change(JOBS.c.id == job.id, state=State.CANCELLED)
        cancelling.apply(session, {}, [*[much] * _EVENTS, ended])
    database.close()
    return job.id


def sse(path: str) -> str:
    return f"GET /v1/jobs/{path}/events HTTP/1.1\r\nHost: here\r\n\r\n"


def websocket(path: str) -> str:
    key = base64.b64encode(b"k" * 16).decode()
    return (
        f"GET /ws/optimize/{path}?after=0 HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )


def watch_without_reading(service: Service, request: str) -> socket.socket:
    """A connection whose first bytes have come; no others are taken from it."""
    watcher = socket.socket()
    watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    watcher.connect((service.client.base_url.host, service.client.base_url.port or 80))
    watcher.sendall(request.encode())
    assert watcher.recv(12).startswith(b"HTTP/1.1 ")
    return watcher


@pytest.mark.parametrize("request_of", [sse, websocket])
def test_watchers_that_do_not_read_cost_no_memory(tmp_path: Path, request_of: Callable[[str], str]) -> None:
    """By the time that another watcher has read it all, the service would have had the time to keep it for these."""
    job_id = told_much(tmp_path)
    with serving(tmp_path) as service, ExitStack() as watchers:
        read_all(service, job_id)
        before = service.resident_bytes()
        for _ in range(_WATCHERS):
            watchers.enter_context(watch_without_reading(service, request_of(job_id)))
        read_all(service, job_id)
        grown = service.resident_bytes() - before
        assert grown < _WATCHERS * _EVENTS * _EVENT_BYTES / 4


def read_all(service: Service, job_id: str) -> None:
    text = service.client.get(f"/v1/jobs/{job_id}/events").text
    assert text.count("event: progress") == _EVENTS
