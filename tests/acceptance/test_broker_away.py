"""A broker that is not there, does not answer, or comes back empty."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import redis

from tests.acceptance.conftest import Cluster, until
from tests.days import day
from tests.servers import free_port, run_redis
from tests.services import Proxy
from tests.waiting import soon

pytestmark = pytest.mark.server


@pytest.fixture
def lonely(postgres_url: str) -> Iterator[Cluster]:
    """Processes whose broker has an address, but is not there."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    environment = {
        "TUTTI_DATABASE_URL": postgres_url,
        "TUTTI_BROKER_URL": url,
        "TUTTI_WORKER_CONCURRENCY": "1",
        "TUTTI_REPUBLISH_S": "1",
        "TUTTI_SLOTS": "1",
    }
    with ExitStack() as processes:
        yield Cluster(environment, url, processes)


def port_of(cluster: Cluster) -> int:
    return int(cluster.redis_url.split(":")[-1].split("/")[0])


def until_told(client: httpx.Client, queue: str) -> None:
    """Wait until the broker was told of every job in the queue."""

    def is_told(queues: list[dict[str, Any]] | None) -> bool:
        return queues is not None and not any(one["queue"] == queue and one["unsent"] for one in queues)

    soon(lambda: client.get("/v1/status").json()["queues"], is_told)


def test_jobs_wait_for_the_broker_and_come_in_order(lonely: Cluster) -> None:
    client = lonely.start_api()
    ids = [client.post("/optimize-async", json=day(4)).json()["job_id"] for _ in range(5)]
    assert client.get(f"/jobs/{ids[0]}").json()["status"] == "queued"
    health = client.get("/health").json()
    assert (health["celery"], health["services"]["redis"]) == ("unavailable", "unavailable")
    lonely.processes.enter_context(run_redis(port_of(lonely)))
    lonely.start_worker()
    for job_id in ids:
        until(client, f"/jobs/{job_id}", "completed")
    started = [client.get(f"/jobs/{job_id}").json()["started_at"] for job_id in ids]
    assert started == sorted(started)


def test_the_service_can_run_jobs_itself_while_the_broker_is_away(lonely: Cluster) -> None:
    lonely.environment["TUTTI_WHEN_BROKER_AWAY"] = "inline"
    answer = lonely.start_api().post("/optimize-async", json=day(4)).json()
    assert (answer["status"], answer["task_id"]) == ("completed", None)


def test_the_service_can_refuse_jobs_while_the_broker_is_away(lonely: Cluster) -> None:
    lonely.environment["TUTTI_WHEN_BROKER_AWAY"] = "reject"
    answer = lonely.start_api().post("/optimize-async", json=day(4))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(("parameter", "value"), [("maxmemory", 1), ("min-replicas-to-write", 1)])
def test_a_broker_that_answers_and_takes_nothing_is_away_for_new_jobs(
    lonely: Cluster, parameter: str, value: int
) -> None:
    lonely.processes.enter_context(run_redis(port_of(lonely)))
    lonely.environment["TUTTI_WHEN_BROKER_AWAY"] = "reject"
    rejecting = lonely.start_api()
    lonely.environment["TUTTI_WHEN_BROKER_AWAY"] = "inline"
    solving = lonely.start_api()
    with redis.Redis.from_url(lonely.redis_url) as broker:
        broker.config_set(parameter, value)
        refusal = rejecting.post("/optimize-async", json=day(4))
        assert (refusal.status_code, solving.post("/optimize-async", json=day(4)).json()["status"]) == (
            503,
            "completed",
        )
        assert int(refusal.headers["retry-after"]) > 0
        broker.config_set(parameter, 0)
        assert rejecting.post("/optimize-async", json=day(4)).json()["status"] == "queued"


def test_celery_can_be_disabled_though_there_is_a_broker(lonely: Cluster) -> None:
    lonely.environment["CELERY_ENABLED"] = "false"
    client = lonely.start_api()
    assert client.post("/optimize-async", json=day(4)).json()["status"] == "completed"
    assert client.get("/health").json()["celery"] == "disabled"
    assert client.get("/tasks/any").status_code == 503


def test_a_broker_that_hangs_makes_nobody_wait(lonely: Cluster) -> None:
    lonely.environment["TUTTI_BROKER_TIMEOUT_S"] = "60"  # whoever waits for it is seen: the client waits for 30 s
    broker = lonely.processes.enter_context(run_redis(port_of(lonely)))
    client = lonely.start_api()
    broker.send_signal(signal.SIGSTOP)
    assert client.get("/health").json()["services"]["redis"] == "unavailable"
    assert client.post("/optimize-async", json=day(4)).json()["status"] == "queued"
    broker.send_signal(signal.SIGCONT)


def test_a_worker_goes_on_after_its_broker_was_killed_and_came_back_empty(lonely: Cluster) -> None:
    with run_redis(port_of(lonely)):
        client = lonely.start_api()
        lonely.start_worker()
        busy = client.post("/v1/jobs", json=day(2500)).json()["id"]
        until(client, f"/v1/jobs/{busy}", "running")
        told = client.post("/optimize-async", json=day(4)).json()["job_id"]
        until_told(client, "small")
    untold = client.post("/optimize-async", json=day(4)).json()["job_id"]
    with run_redis(port_of(lonely)):
        client.post(f"/v1/jobs/{busy}/stop")
        for job_id in (busy, told, untold):
            until(client, f"/v1/jobs/{job_id}", "completed")


@dataclass
class Pair:
    """Two Redis behind one address, which leads to the first of them until the other one takes its place."""

    old: int
    new: int
    proxy: Proxy

    def fail_over(self) -> None:
        """Make the second Redis the first one, and end no connection."""
        self.proxy.lead_to(self.new)
        with redis.Redis(port=self.old) as demoted:
            demoted.replicaof("127.0.0.1", self.new)


@pytest.fixture
def pair(lonely: Cluster) -> Pair:
    old, new = free_port(), free_port()
    proxy = lonely.processes.enter_context(Proxy(f"http://127.0.0.1:{old}"))
    for port in (old, new):
        lonely.processes.enter_context(run_redis(port))
    lonely.environment["TUTTI_BROKER_URL"] = f"redis://127.0.0.1:{proxy.port}/0"
    lonely.environment["TUTTI_DEAF_AFTER_S"] = "600"  # no worker is saved by its end
    return Pair(old, new, proxy)


def test_jobs_go_on_when_another_redis_is_the_first_one_and_no_connection_was_ended(
    lonely: Cluster, pair: Pair
) -> None:
    client = lonely.start_api()
    lonely.start_worker()
    first = client.post("/v1/jobs", json=day(4)).json()["id"]
    until(client, f"/v1/jobs/{first}", "completed")  # so that all are connected
    pair.fail_over()
    second = client.post("/v1/jobs", json=day(4)).json()["id"]
    until(client, f"/v1/jobs/{second}", "completed")


def test_a_worker_that_was_busy_when_another_redis_became_the_first_one_goes_on(lonely: Cluster, pair: Pair) -> None:
    """It reads nothing from its broker meanwhile, and hears of it when it acknowledges its message."""
    client = lonely.start_api()
    lonely.start_worker()
    busy = client.post("/v1/jobs", json=day(2500)).json()["id"]
    until(client, f"/v1/jobs/{busy}", "running")
    pair.fail_over()
    client.post(f"/v1/jobs/{busy}/stop")
    until(client, f"/v1/jobs/{busy}", "completed")
    second = client.post("/v1/jobs", json=day(4)).json()["id"]
    until(client, f"/v1/jobs/{second}", "completed")


def test_a_worker_waits_for_a_broker_that_answers_and_takes_nothing(lonely: Cluster) -> None:
    """As when it is full, has no room on its disk, or is no longer the first one of its replicas."""
    lonely.processes.enter_context(run_redis(port_of(lonely)))
    with redis.Redis.from_url(lonely.redis_url) as broker:
        broker.config_set("min-replicas-to-write", 1)
        client = lonely.start_api()
        worker = lonely.start_worker()
        job_id = client.post("/v1/jobs", json=day(4)).json()["id"]
        assert worker.stderr is not None
        assert any("messages: the broker does not do what it is asked: NOREPLICAS" in line for line in worker.stderr)
        broker.config_set("min-replicas-to-write", 0)
    until(client, f"/v1/jobs/{job_id}", "completed")
    assert worker.poll() is None


def test_a_broker_that_hangs_costs_no_running_job_its_lease(lonely: Cluster) -> None:
    lonely.environment["TUTTI_LEASE_S"] = "6"  # a holder on a busy machine is not late for that
    with run_redis(port_of(lonely)) as broker:
        client = lonely.start_api()
        lonely.start_worker()
        job_id = client.post("/v1/jobs", json=day(2500)).json()["id"]
        until(client, f"/v1/jobs/{job_id}", "running")
        broker.send_signal(signal.SIGSTOP)
        for _ in range(8):
            circuits = client.get("/health").json()["circuits"]
            time.sleep(1)
        broker.send_signal(signal.SIGCONT)
        client.post(f"/v1/jobs/{job_id}/stop")
        until(client, f"/v1/jobs/{job_id}", "completed")
        entries = client.get(f"/v1/jobs/{job_id}/history").json()["entries"]
    assert [entry["kind"] for entry in entries].count("started") == 1  # "attempts" leaves out one that was late
    assert circuits["broker"] != "closed"


def test_a_busy_worker_leaves_jobs_to_others_after_its_broker_was_restarted(lonely: Cluster) -> None:
    lonely.environment["TUTTI_REPUBLISH_S"] = "600"  # nobody announces again what a worker keeps to itself
    with run_redis(port_of(lonely)):
        client = lonely.start_api()
        lonely.start_worker()
        long = {"routes": day(2500), "options": {"time_limit_s": 600}}  # not over before the others, on a busy machine
        first = client.post("/v1/jobs", json=long).json()["id"]
        until(client, f"/v1/jobs/{first}", "running")
    with run_redis(port_of(lonely)):
        second = client.post("/v1/jobs", json=day(8)).json()["id"]
        time.sleep(5)  # the worker has heard of it, and has no slot for it
        lonely.start_worker()
        until(client, f"/v1/jobs/{second}", "completed")
        assert client.get(f"/v1/jobs/{first}").json()["status"] == "running"
        client.delete(f"/v1/jobs/{first}")
