"""The service in one look, with workers of Celery."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest
import redis
from sqlalchemy import update

from tests.acceptance.conftest import Cluster, until
from tests.days import day
from tests.stores import store_at
from tests.waiting import PATIENCE_S, soon
from tutti.jobs.clock import now
from tutti.jobs.tables import Job
from tutti.jobs.turns import Chore, take_turn

pytestmark = pytest.mark.server


def test_workers_that_sleep_while_there_is_nothing_to_do_are_no_trouble(cluster: Cluster) -> None:
    client = cluster.start_api()
    command = [sys.executable, "-m", "tutti", "status", "--server", str(client.base_url)]
    seen(client, lambda status: status["workers"] == [] and not status["attention"])
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "workers none" in ended.stdout
    assert "nothing needs attention" in ended.stdout


def test_a_queue_with_work_that_nobody_serves_needs_attention_until_somebody_does(cluster: Cluster) -> None:
    client = cluster.start_api()
    job_id = client.post("/v1/jobs", json=day(4)).json()["id"]
    status = seen(client, lambda status: status["workers"] is not None)
    assert status["attention"] == ["no worker serves the queue small, in which a job waits"]
    assert status["workers"] == []
    cluster.start_worker()
    until(client, f"/v1/jobs/{job_id}", "completed")
    status = seen(client, lambda status: bool(status["workers"]))
    assert [worker["queues"] for worker in status["workers"]] == [["celery", "large", "small"]]
    assert {queue["queue"]: queue["workers"] for queue in status["queues"]} == {"large": 1, "small": 1}
    assert status["attention"] == []


def seen(client: httpx.Client, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The status once this holds of it; on a busy machine others may be asked in vain for a while."""
    return soon(lambda: client.get("/v1/status").json(), holds)


def test_a_broker_that_is_full_needs_attention_until_it_has_room_and_no_job_is_lost(cluster: Cluster) -> None:
    client = cluster.start_api()
    cluster.start_worker()
    with redis.Redis.from_url(cluster.redis_url) as broker:
        broker.config_set("maxmemory", 1)
        try:
            job_id = client.post("/v1/jobs", json=day(4)).json()["id"]
            status = seen(client, lambda status: status["services"]["redis"] == "full")
            assert status["workers"] is None
            assert status["attention"] == ["the broker is full: workers get no job until it has room"]
        finally:
            broker.config_set("maxmemory", 0)
    until(client, f"/v1/jobs/{job_id}", "completed")
    seen(client, lambda status: status["services"]["redis"] == "ok")


def test_a_broker_that_answers_and_is_not_told_of_jobs_needs_attention(cluster: Cluster) -> None:
    """As when no new connection to it can be made; here a process that hangs has the relay's turn."""
    client = cluster.start_api()
    url = cluster.environment["TUTTI_DATABASE_URL"]
    with closing(store_at(url, database_idle_s=PATIENCE_S)) as database, database.writing() as hanging:
        while not take_turn(hanging, Chore.RELAY):
            pass
        client.post("/v1/jobs", json=day(4))
        status = seen(client, lambda status: status["workers"] is not None)
        assert status["attention"] == ["no worker serves the queue small, in which a job waits"]
        with database.writing() as session:
            session.execute(update(Job).values(created_at=now(-31)))
        (sentence,) = seen(client, lambda status: status["services"]["redis"] == "ok")["attention"]
    assert sentence.startswith("the broker answers, but is not told of jobs of the queue small")


def test_two_workers_of_one_machine_are_two_and_one_of_them_is_there_whenever_somebody_asks(cluster: Cluster) -> None:
    client = cluster.start_api()
    cluster.start_worker()
    cluster.start_worker()
    seen(client, lambda status: len(status["workers"] or ()) == 2)
    assert any(  # a machine that is busy may answer late
        [client.get("/health").json()["celery"] for _ in range(100)].count("ok") > 95 for _ in range(3)
    )
