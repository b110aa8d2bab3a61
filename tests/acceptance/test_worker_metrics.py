"""A worker's port for Prometheus: one sum for all of its processes."""

import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.conftest import Cluster, running, until
from tests.days import day
from tests.servers import free_port, needs_ipv6
from tutti.telemetry.exposing import serve_counts

pytestmark = pytest.mark.server

WORKER = "import sys; sys.argv = ['tutti', 'worker']; from tutti.cli import main; main()"


def test_a_worker_tells_what_its_processes_counted(cluster: Cluster) -> None:
    port = free_port()
    client = cluster.start_api()
    environment = cluster.environment | {"TUTTI_METRICS_PORT": str(port), "TUTTI_WORKER_CONCURRENCY": "2"}
    cluster.processes.enter_context(running(WORKER, environment))
    ids = [client.post("/optimize-async", json=day(4)).json()["job_id"] for _ in range(6)]
    for job_id in ids:
        until(client, f"/jobs/{job_id}", "completed")
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    events = {one.labels["kind"]: one.value for one in samples if one.name == "tutti_job_events_total"}
    assert (events["started"], events["completed"]) == (6, 6)
    assert sum(one.value for one in samples if one.name == "tutti_solve_seconds_count") == 6
    assert sum(one.value for one in samples if one.name == "tutti_worker_slots") == 2
    told = client.get("/metrics").text
    assert "tutti_broker_up 1.0" in told
    assert re.search(r"^tutti_store_connections [1-9]", told, re.MULTILINE)


@needs_ipv6
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_the_port_is_open_on_addresses_of_both_kinds(host: str) -> None:
    port = free_port()
    end = serve_counts(port)
    try:
        assert "tutti_worker_slots" in httpx.get(f"http://{host}:{port}/metrics").text
    finally:
        end()
