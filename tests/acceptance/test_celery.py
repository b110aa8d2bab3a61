"""Jobs that Celery workers run, through the surface that clients of the prior system use."""

import signal
from contextlib import ExitStack
from uuid import uuid4

import httpx
import pytest
import redis
from celery import Celery

from tests.acceptance.conftest import Cluster, until
from tests.days import day
from tests.servers import empty_database
from tutti.execution.broker import keys

pytestmark = pytest.mark.server


def submit(client: httpx.Client, routes: int = 8) -> str:
    answer = client.post("/optimize-async", json=day(routes)).json()
    assert answer["status"] == "queued"
    job_id: str = answer["job_id"]
    return job_id


def test_a_worker_plans_what_the_api_accepted(cluster: Cluster) -> None:
    client = cluster.start_api()
    cluster.start_worker()
    answer = client.post("/optimize-async", json=day(8)).json()
    until(client, f"/jobs/{answer['job_id']}", "completed")
    task = client.get(f"/tasks/{answer['task_id']}").json()
    assert (task["status"], task["state"]) == ("SUCCESS", "SUCCESS")
    assert task["result"] == client.get(f"/jobs/{answer['job_id']}/result").json()["result"]
    assert client.get("/health").json()["celery"] == "ok"


def test_a_task_stays_true_when_the_backend_has_forgotten_it(cluster: Cluster) -> None:
    client = cluster.start_api()
    cluster.start_worker()
    job_id = submit(client)
    until(client, f"/jobs/{job_id}", "completed")
    with redis.Redis.from_url(cluster.redis_url) as broker:
        broker.flushall()
    assert client.get(f"/tasks/{job_id}").json()["state"] == "SUCCESS"


def test_a_job_accepted_before_there_was_a_worker_is_run(cluster: Cluster) -> None:
    client = cluster.start_api()
    job_id = submit(client)
    assert client.get("/health").json()["celery"] == "no_workers"
    cluster.start_worker()
    until(client, f"/jobs/{job_id}", "completed")


def test_a_broker_that_lost_everything_is_told_again(cluster: Cluster) -> None:
    client = cluster.start_api()
    job_id = submit(client)
    with redis.Redis.from_url(cluster.redis_url) as broker:
        while not any(broker.llen(key) for key in keys("small")):
            pass
        broker.flushall()
    cluster.start_worker()
    until(client, f"/jobs/{job_id}", "completed")


def test_large_jobs_wait_in_a_queue_of_their_own(cluster: Cluster) -> None:
    client = cluster.start_api()
    submit(client, routes=301)
    with redis.Redis.from_url(cluster.redis_url) as broker:
        assert broker.brpop(keys("large"), 10) is not None


@pytest.mark.parametrize("known", [True, False])
def test_a_task_with_routes_of_its_own_becomes_a_job(cluster: Cluster, known: bool) -> None:
    """As clients send it that know Celery, and not our API."""
    client = cluster.start_api()
    cluster.start_worker()
    celery = Celery(broker=cluster.redis_url, backend=cluster.redis_url)
    job_id = submit(client) if known else f"mine-{uuid4()}"
    task = celery.send_task("tasks.optimize_task", args=[day(8), job_id])
    until(client, f"/tasks/{task.id if not known else job_id}", "SUCCESS")
    if not known:
        assert task.get(timeout=10)["stats"]["total_routes"] == 8
    assert client.get(f"/jobs/{job_id}").json()["status"] == "completed"
    celery.close()


def test_a_cancelled_task_is_revoked(cluster: Cluster) -> None:
    client = cluster.start_api()
    cluster.start_worker()
    job_id = submit(client, routes=2500)
    until(client, f"/jobs/{job_id}", "running")
    assert client.delete(f"/jobs/{job_id}").json()["status"] == "cancelled"
    assert client.get(f"/tasks/{job_id}").json()["state"] == "REVOKED"
    until(client, f"/jobs/{submit(client)}", "completed")


def test_a_worker_that_is_told_to_end_hands_its_job_over(cluster: Cluster) -> None:
    client = cluster.start_api()
    first = cluster.start_worker()
    job_id = submit(client, routes=2500)
    until(client, f"/tasks/{job_id}", "PROGRESS")
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["status"], job["attempts"]) == ("queued", 0)
    cluster.start_worker()
    until(client, f"/jobs/{job_id}", "running")
    client.post(f"/v1/jobs/{job_id}/stop")
    until(client, f"/jobs/{job_id}", "completed")


def test_a_killed_worker_loses_no_job(cluster: Cluster) -> None:
    client = cluster.start_api()
    first = cluster.start_worker()
    job_id = submit(client, routes=2500)
    until(client, f"/tasks/{job_id}", "PROGRESS")
    first.kill()
    until(client, f"/jobs/{job_id}", "queued")
    cluster.start_worker()
    until(client, f"/jobs/{job_id}", "running")
    client.post(f"/v1/jobs/{job_id}/stop")
    until(client, f"/jobs/{job_id}", "completed")
    assert client.get(f"/v1/jobs/{job_id}").json()["attempts"] == 2


def test_a_job_that_comes_back_does_not_wait_behind_the_others(cluster: Cluster) -> None:
    client = cluster.start_api()
    first = cluster.start_worker()
    job_id = submit(client, routes=2500)
    until(client, f"/tasks/{job_id}", "PROGRESS")
    others = [submit(client, routes=400) for _ in range(3)]
    first.kill()
    until(client, f"/jobs/{job_id}", "queued")
    cluster.start_worker()
    until(client, f"/jobs/{job_id}", "running")
    assert {client.get(f"/jobs/{other}").json()["status"] for other in others} == {"queued"}


def test_a_worker_says_that_it_was_told_of_a_job_of_another_store(cluster: Cluster, postgres: str) -> None:
    client = cluster.start_api()
    with empty_database(postgres) as url, ExitStack() as processes:
        neighbour = Cluster(cluster.environment | {"TUTTI_DATABASE_URL": url}, cluster.redis_url, processes)
        neighbour.start_api()
        worker = neighbour.start_worker()
        job_id = submit(client)
        assert worker.stderr is not None
        assert any("a job that this job store doesn't have" in line and job_id in line for line in worker.stderr)
    cluster.start_worker()
    until(client, f"/jobs/{job_id}", "completed")
