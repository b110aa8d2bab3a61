"""Several API processes on one job store: any of them can tell of any job."""

import json

import httpx
import pytest
from websockets.sync.client import connect

from tests.acceptance.conftest import Cluster
from tests.days import day

pytestmark = pytest.mark.server


def end_seen_through_a_socket(client: httpx.Client, job_id: str) -> str:
    with connect(f"ws://{client.base_url.netloc.decode()}/ws/optimize/{job_id}") as socket:
        while (message := json.loads(socket.recv(timeout=30)))["type"] in ("status", "progress"):
            pass
    kind: str = message["type"]
    return kind


def kinds_seen_in_a_stream(client: httpx.Client, job_id: str) -> list[str]:
    with client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        return [line.removeprefix("event: ") for line in answer.iter_lines() if line.startswith("event: ")]


@pytest.mark.parametrize("with_redis", [True, False])
def test_a_job_is_watched_at_another_replica_than_took_it(cluster: Cluster, with_redis: bool) -> None:
    if with_redis:
        cluster.start_worker()
    else:
        cluster.environment["TUTTI_BROKER_URL"] = ""
    taking, watching = cluster.start_api(), cluster.start_api()
    job_id = taking.post("/v1/jobs", json={"routes": day(40)}).json()["id"]
    assert end_seen_through_a_socket(watching, job_id) == "completed"
    kinds = kinds_seen_in_a_stream(watching, job_id)
    assert (kinds[0], kinds[-1]) == ("queued", "completed")
    assert kinds == kinds_seen_in_a_stream(taking, job_id)
