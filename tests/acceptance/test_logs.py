"""What all processes of the service log while jobs go their way."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import redis
from celery import Celery

from tests.acceptance.conftest import _API, WORKER, Cluster, until
from tests.days import day
from tests.waiting import PATIENCE_S, soon

pytestmark = pytest.mark.server

_SECRET = "hush-hush"
_MARK = "Marked Lane"


def start(cluster: Cluster, code: str, log: Path) -> "subprocess.Popen[bytes]":
    """One more process, which logs into a file all that it can, as do its own."""
    environment = {**os.environ, **cluster.environment, "TUTTI_LOG_FORMAT": "auto", "TUTTI_LOG_LEVEL": "debug"}
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=stream, stderr=stream)
    cluster.processes.callback(process.wait)
    cluster.processes.callback(process.kill)
    return process


def address(log: Path) -> str:
    """Where an API serves, as soon as it says so."""
    found = soon(lambda: re.search(r"http://[\d.:]+", log.read_text()))
    assert found is not None
    return found[0]


@pytest.fixture
def guarded(cluster: Cluster) -> Cluster:
    """A cluster whose broker and job store are reached with a password in their URLs."""
    with redis.Redis.from_url(cluster.redis_url) as broker:
        broker.execute_command("ACL", "SETUSER", "watched", "on", f">{_SECRET}", "~*", "&*", "+@all")
    cluster.environment["TUTTI_BROKER_URL"] = cluster.redis_url.replace("//", f"//watched:{_SECRET}@")
    store = cluster.environment["TUTTI_DATABASE_URL"]
    cluster.environment["TUTTI_DATABASE_URL"] = re.sub(r"//(\w+)(:\w*)?@", rf"//\1:{_SECRET}@", store)
    return cluster


def marked_day() -> list[dict[str, Any]]:
    routes = day(8)
    for route in routes:
        route["name"] = route["id"] = f"{_MARK} {route['id']}"
    return routes


def test_every_line_of_a_job_says_which_and_none_shows_what_is_in_it_or_a_password(
    guarded: Cluster, tmp_path: Path
) -> None:
    logs = {name: tmp_path / name for name in ("api", "worker")}
    processes = [start(guarded, _API, logs["api"]), start(guarded, WORKER, logs["worker"])]
    with httpx.Client(base_url=address(logs["api"]), timeout=30) as client:
        answer = client.post("/v1/jobs", json=marked_day(), headers={"X-Request-ID": "asked-1"})
        assert answer.headers["X-Request-ID"] == "asked-1"
        job_id = answer.json()["id"]
        until(client, f"/v1/jobs/{job_id}", "completed")
        assert client.post("/v1/jobs", json=[{"id": _MARK, "type": _MARK}]).status_code == 422
        celery = Celery(broker=guarded.environment["TUTTI_BROKER_URL"], backend=guarded.environment["TUTTI_BROKER_URL"])
        bad_id = f"mine-{uuid4()}"
        celery.send_task("tasks.optimize_task", args=[[{"id": _MARK, "type": _MARK}], bad_id])
        until(client, f"/v1/jobs/{bad_id}", "failed")
        celery.close()
    soon(logs["worker"].read_text, lambda log: "plans 8 routes" in log)  # it comes by a pipe from the solver process
    for process in processes:
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    said = {name: log.read_text() for name, log in logs.items()}
    for text in said.values():
        assert _MARK not in text
        assert _SECRET not in text
    told = {name: [json.loads(line) for line in text.splitlines()] for name, text in said.items()}
    assert told["worker"][-1]["event"] == "the worker has ended"
    (queued,) = [line for line in told["api"] if line["event"] == "job queued"]
    assert (queued["job_id"], queued["request_id"]) == (job_id, "asked-1")
    of_job = [line for line in told["worker"] if line.get("job_id") == job_id]
    assert {(line["logger"], line["event"].split(",")[0]) for line in of_job} == {
        ("tutti.jobs.events", "job started"),
        ("tutti.solver", "plans 8 routes within 60 s"),
        ("tutti.jobs.events", "job completed"),
    }
    assert {(line["task_id"], line["attempt"]) for line in of_job} == {(job_id, 1)}
    (failed,) = [line for line in told["worker"] if line["event"] == "job failed"]
    assert (failed["job_id"], failed["code"]) == (bad_id, "invalid_input")
