"""The application on a real server on loopback, with a job store of its own, and a client that calls it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
from uvicorn.lifespan.on import LifespanOn

from tests.waiting import soon
from tutti.api.app import create_app
from tutti.api.context import make_context
from tutti.api.server import Server
from tutti.jobs.schema import upgrade
from tutti.settings import Settings

Client = httpx.Client
Start = Callable[[Settings], Client]


@contextmanager
def serving(settings: Settings) -> Iterator[Client]:
    """A client of a service with these settings, which ends with the block."""
    context = make_context(settings)
    upgrade(context.database.engine)
    server = Server(uvicorn.Config(create_app(context), log_level="warning", timeout_graceful_shutdown=1), context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=address, timeout=60) as client:
            yield client
        context.begin_close()
        server.should_exit = True
        thread.join()
        assert isinstance(server.lifespan, LifespanOn)
        assert not server.lifespan.shutdown_failed


def asked_in_time(client: Client, place: str) -> dict[str, Any]:
    """What the service tells of itself there once all that it asks have answered in time, as a busy machine may not."""

    def is_in_time(told: dict[str, Any]) -> bool:
        return told["services"]["database"] == "ok" and None not in (told.get("queues", ()), told.get("workers", ()))

    return soon(lambda: client.get(place).json(), is_in_time)


def until_one_runs(client: Client) -> str:
    """The id of a job as soon as one runs."""
    job_id: str = soon(lambda: client.get("/v1/jobs", params={"status": "running"}).json()["jobs"])[0]["id"]
    return job_id


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, slots=1, heartbeat_s=0.2, checkpoint_s=0.2)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a service with the given settings; its client."""
    with ExitStack() as services:
        yield lambda settings: services.enter_context(serving(settings))


@pytest.fixture
def client(start: Start, settings: Settings) -> Client:
    """A client of a service that runs jobs."""
    return start(settings)
