"""A worker whose processes start slowly, as on a machine that has far too much to do."""

import os
import signal

import pytest

from tests.acceptance.conftest import WORKER, Cluster, holder_pid, until
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
    os.kill(holder_pid(client, job_id), signal.SIGKILL)
    job_id = client.post("/v1/jobs", json=day(8)).json()["id"]
    until(client, f"/v1/jobs/{job_id}", "completed")
