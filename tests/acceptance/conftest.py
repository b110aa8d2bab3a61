"""The service as it is deployed: an API process and Celery worker processes on PostgreSQL and Redis."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import redis

from tests.waiting import soon

_API = "from tutti.api.server import serve; serve(port=0)"
WORKER = "from tutti.execution.worker import run_worker; run_worker()"


@contextmanager
def running(code: str, environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A Python process that runs the code; killed at the end of the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


@dataclass
class Cluster:
    """Processes on one job store and one broker. `environment` holds their settings, `apis` those that are APIs."""

    environment: dict[str, str]
    redis_url: str
    processes: ExitStack
    apis: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def start_api(self, before: str = "") -> httpx.Client:
        """One more API process, which first runs the code `before`; a client of it."""
        process = self.processes.enter_context(running(f"{before}\n{_API}", self.environment))
        self.apis.append(process)
        assert process.stderr is not None
        address = re.search(r"http://[\d.:]+", process.stderr.readline())
        assert address is not None
        transport = httpx.HTTPTransport(retries=8)
        return self.processes.enter_context(httpx.Client(base_url=address[0], timeout=30, transport=transport))

    def start_worker(self, code: str = WORKER) -> "subprocess.Popen[str]":
        """One more worker."""
        return self.processes.enter_context(running(code, self.environment))


def until(client: httpx.Client, place: str, *states: str) -> dict[str, Any]:
    """What is at the place as soon as its status is one of these."""
    body: dict[str, Any] = soon(lambda: client.get(place).json(), lambda body: body["status"] in states)
    return body


def until_attempt(client: httpx.Client, job_id: str, number: int) -> None:
    """Wait until an attempt with this number has begun; that the job waits before it may be too short to be seen."""
    soon(lambda: client.get(f"/v1/jobs/{job_id}").json(), lambda job: job["attempts"] >= number)


def holder_pid(client: httpx.Client, job_id: str) -> int:
    """The process of a worker that started the job last."""
    entries = client.get(f"/v1/jobs/{job_id}/history").json()["entries"]
    started = [entry["text"] for entry in entries if entry["kind"] == "started"]
    return int(started[-1].split()[0].rpartition("/")[2])


@pytest.fixture
def cluster(postgres_url: str, redis_url: str) -> Iterator[Cluster]:
    environment = {
        "TUTTI_DATABASE_URL": postgres_url,
        "TUTTI_BROKER_URL": redis_url,
        "TUTTI_WORKER_CONCURRENCY": "1",
        "TUTTI_REPUBLISH_S": "1",
    }
    with redis.Redis.from_url(redis_url) as broker:
        broker.flushall()
    with ExitStack() as processes:
        yield Cluster(environment, redis_url, processes)
