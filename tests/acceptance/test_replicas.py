"""Several API processes on one job store: any of them can tell of any job."""

import json

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.acceptance.conftest import Cluster
from tests.days import day
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.server


_PATIENT = "from tutti.api import following; following.KEEP_ALIVE_S = 3600"
"""For an API process whose watchers wait until something wakes them."""
_HEARS_ONLY_REDIS = f"{_PATIENT}; following._LOOK_INTERVAL_S = 3600"


def end_told(socket: ClientConnection) -> str:
    while (message := json.loads(socket.recv(timeout=PATIENCE_S)))["type"] in ("status", "progress"):
        pass
    kind: str = message["type"]
    return kind


def kinds_seen_in_a_stream(client: httpx.Client, job_id: str) -> list[str]:
    with client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        return [line.removeprefix("event: ") for line in answer.iter_lines() if line.startswith("event: ")]


@pytest.mark.parametrize("with_redis", [True, False])
def test_a_job_is_watched_at_another_replica_than_took_it(cluster: Cluster, with_redis: bool) -> None:
    if not with_redis:
        cluster.environment["TUTTI_BROKER_URL"] = ""
    before = _HEARS_ONLY_REDIS if with_redis else _PATIENT
    taking, watching = cluster.start_api(before), cluster.start_api(before)
    job_id = taking.post("/v1/jobs", json={"routes": day(40)}).json()["id"]
    with connect(f"ws://{watching.base_url.netloc.decode()}/ws/optimize/{job_id}") as socket:
        if with_redis:
            cluster.start_worker()
        assert end_told(socket) == "completed"
    kinds = kinds_seen_in_a_stream(watching, job_id)
    assert (kinds[0], kinds[-1]) == ("queued", "completed")
    assert kinds == kinds_seen_in_a_stream(taking, job_id)
