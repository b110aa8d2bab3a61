"""A job store that takes connections and questions, and answers none: its server stands still, or a proxy is broken."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from tests.acceptance.conftest import Cluster, until
from tests.days import day
from tests.services import Proxy
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.server


@pytest.fixture
def store(cluster: Cluster) -> Iterator[Proxy]:
    """What stands between the service and its job store, whose own limits come too late."""
    url = make_url(cluster.environment["TUTTI_DATABASE_URL"])
    with Proxy(f":{url.port}") as proxy:
        there = url.set(host="127.0.0.1", port=proxy.port).render_as_string(False)
        cluster.environment |= {"TUTTI_DATABASE_URL": there, "TUTTI_DATABASE_STATEMENT_TIMEOUT_S": "3600"}
        cluster.environment |= {"TUTTI_SHUTDOWN_GRACE_S": "1"}
        yield proxy


def test_a_service_whose_job_store_says_nothing_tells_so_and_ends_when_it_is_told_to(
    cluster: Cluster, store: Proxy
) -> None:
    client = cluster.start_api()
    worker = cluster.start_worker()
    job_id = client.post("/v1/jobs", json=day(2500)).json()["id"]
    until(client, f"/v1/jobs/{job_id}", "running")
    store.hold()
    assert "\ntutti_store_up 0.0\n" in client.get("/metrics").text
    for process in (worker, *cluster.apis):
        process.terminate()
    for process in (worker, *cluster.apis):
        assert process.wait(PATIENCE_S) == 0
