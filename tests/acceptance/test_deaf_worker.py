"""A worker that is connected to its broker but takes nothing, as can happen after a broker was restarted."""

import time
from functools import partial

import pytest
from celery import Celery

from tests.acceptance.conftest import Cluster, until
from tests.days import day
from tests.waiting import soon

pytestmark = pytest.mark.server


def deafen(cluster: Cluster) -> None:
    """Have the workers that are there take nothing from their queues any more; they stay connected."""
    with Celery(broker=cluster.redis_url) as celery:
        for queue in ("small", "large", "celery"):
            soon(partial(celery.control.cancel_consumer, queue, reply=True))


def test_a_deaf_worker_ends_so_that_it_is_started_again(cluster: Cluster) -> None:
    cluster.environment["TUTTI_DEAF_AFTER_S"] = "2"
    client = cluster.start_api()
    worker = cluster.start_worker()
    deafen(cluster)
    job_id = client.post("/v1/jobs", json=day(8)).json()["id"]
    assert worker.wait(60) == 75
    assert client.get(f"/v1/jobs/{job_id}").json()["status"] == "queued"
    cluster.start_worker()
    until(client, f"/v1/jobs/{job_id}", "completed")


def test_a_worker_whose_slots_are_taken_is_not_deaf(cluster: Cluster) -> None:
    cluster.environment["TUTTI_DEAF_AFTER_S"] = "1"
    client = cluster.start_api()
    worker = cluster.start_worker()
    first = client.post("/v1/jobs", json=day(2500)).json()["id"]
    until(client, f"/v1/jobs/{first}", "running")
    second = client.post("/v1/jobs", json=day(8)).json()["id"]
    time.sleep(4)
    assert worker.poll() is None
    client.post(f"/v1/jobs/{first}/stop")
    until(client, f"/v1/jobs/{second}", "completed")
