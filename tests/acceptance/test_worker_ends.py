"""How a worker ends whose user at a terminal won't wait."""

import os
import signal

from tests.acceptance.conftest import WORKER, Cluster, running, until, until_attempt
from tests.acceptance.test_celery import submit
from tests.waiting import PATIENCE_S

AT_A_TERMINAL = f"import os; os.setsid(); os.dup2(2, 1); {WORKER}"
"""As a shell starts it: it and its children are a group of processes, which Ctrl-C tells all."""


def test_ctrl_c_twice_ends_a_worker_at_once_and_its_job_goes_on(cluster: Cluster) -> None:
    cluster.environment["TUTTI_FINISH_GRACE_S"] = "600"
    client = cluster.start_api()
    first = cluster.processes.enter_context(running(AT_A_TERMINAL, cluster.environment))
    job_id = submit(client, routes=2500)
    until(client, f"/tasks/{job_id}", "PROGRESS")
    os.killpg(first.pid, signal.SIGINT)
    assert first.stderr is not None
    assert any("Warm shutdown" in line for line in first.stderr)
    assert client.get(f"/v1/jobs/{job_id}").json()["status"] == "running"
    os.killpg(first.pid, signal.SIGINT)
    first.communicate(timeout=PATIENCE_S)
    del cluster.environment["TUTTI_FINISH_GRACE_S"]
    cluster.start_worker()
    until_attempt(client, job_id, 2)
    client.post(f"/v1/jobs/{job_id}/stop")
    until(client, f"/jobs/{job_id}", "completed")


def test_a_worker_whose_processes_can_not_start_ends_by_an_error(cluster: Cluster) -> None:
    no_process = "from celery.concurrency.prefork import TaskPool; TaskPool.did_start_ok = lambda pool: False"
    worker = cluster.processes.enter_context(running(f"{no_process}; {WORKER}", cluster.environment))
    _, told = worker.communicate(timeout=PATIENCE_S)
    assert "Could not start worker processes" in told
    assert worker.returncode == 1
