"""The service in one look, with workers of Celery."""

import subprocess
import sys

import pytest

from tests.acceptance.conftest import Cluster, until
from tests.days import day

pytestmark = pytest.mark.server


def test_workers_that_sleep_while_there_is_nothing_to_do_are_no_trouble(cluster: Cluster) -> None:
    client = cluster.start_api()
    command = [sys.executable, "-m", "tutti", "status", "--server", str(client.base_url)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "workers none" in ended.stdout
    assert "nothing needs attention" in ended.stdout


def test_a_queue_with_work_that_nobody_serves_needs_attention_until_somebody_does(cluster: Cluster) -> None:
    client = cluster.start_api()
    job_id = client.post("/v1/jobs", json=day(4)).json()["id"]
    status = client.get("/v1/status").json()
    assert status["attention"] == ["no worker serves the queue small, in which a job waits"]
    assert status["workers"] == []
    cluster.start_worker()
    until(client, f"/v1/jobs/{job_id}", "completed")
    status = client.get("/v1/status").json()
    assert [worker["queues"] for worker in status["workers"]] == [["celery", "large", "small"]]
    assert {queue["queue"]: queue["workers"] for queue in status["queues"]} == {"large": 1, "small": 1}
    assert status["attention"] == []
