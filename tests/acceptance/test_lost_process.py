"""A process of a worker that dies in the middle of a job while the worker lives."""

import json
import os
import signal

import pytest

from tests.acceptance.conftest import Cluster, holder_pid, until, until_attempt
from tests.days import day

pytestmark = pytest.mark.server


def test_the_job_of_a_killed_process_is_taken_back_before_its_lease_runs_out(cluster: Cluster) -> None:
    cluster.environment |= {"TUTTI_LEASE_S": "600", "TUTTI_HEARTBEAT_S": "200"}  # nobody else notices
    client = cluster.start_api()
    cluster.environment["TUTTI_LOG_FORMAT"] = "json"
    worker = cluster.start_worker()
    job_id = client.post("/v1/jobs", json=day(2500)).json()["id"]
    until(client, f"/v1/jobs/{job_id}", "running")
    os.kill(holder_pid(client, job_id), signal.SIGKILL)
    until_attempt(client, job_id, 2)
    told = [entry["text"] for entry in client.get(f"/v1/jobs/{job_id}/history").json()["entries"]]
    assert any("died in attempt 1" in text for text in told)
    client.delete(f"/v1/jobs/{job_id}")
    worker.terminate()
    lines = [json.loads(line) for line in worker.communicate(timeout=60)[1].splitlines()]
    assert not [line for line in lines if "exception" in line or "Traceback" in line["event"]]
    assert [line["job_id"] for line in lines if line["event"].startswith("the task did not end in order")] == [job_id]
