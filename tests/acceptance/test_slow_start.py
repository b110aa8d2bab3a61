"""A worker whose processes start slowly, as on a machine that has far too much to do."""

import os
import signal

import pytest

from tests.acceptance.conftest import WORKER, Cluster, until
from tests.days import day

pytestmark = pytest.mark.server

_SLOWLY = """
import time
from celery.signals import worker_process_init
worker_process_init.connect(lambda **_: time.sleep(6), weak=False)
"""


def test_a_process_that_takes_the_place_of_a_dead_one_may_start_slowly(cluster: Cluster) -> None:
    client = cluster.start_api()
    cluster.start_worker(_SLOWLY + WORKER)
    job_id = client.post("/v1/jobs", json=day(8)).json()["id"]
    until(client, f"/v1/jobs/{job_id}", "completed")
    texts = [entry["text"] for entry in client.get(f"/v1/jobs/{job_id}/history").json()["entries"]]
    (holder,) = {text.split()[0] for text in texts if "/" in text.split()[0]}
    os.kill(int(holder.rpartition("/")[2]), signal.SIGKILL)
    job_id = client.post("/v1/jobs", json=day(8)).json()["id"]
    until(client, f"/v1/jobs/{job_id}", "completed")
