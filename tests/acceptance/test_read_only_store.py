"""A job store that only reads for a while: another server became the first one, or its disk was nearly full."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import make_url

from tests.acceptance.conftest import Cluster, until
from tests.days import day
from tests.waiting import soon

pytestmark = pytest.mark.server

_LEASE_S = 8.0  # a holder on a busy machine is not late for that


@pytest.fixture
def only_reads(cluster: Cluster, postgres: str) -> Iterator[Callable[[bool], None]]:
    """Makes the job store one that only reads, or one that writes again; nobody's connections outlive that."""
    name = make_url(cluster.environment["TUTTI_DATABASE_URL"]).database
    with closing(psycopg2.connect(postgres)) as connection:
        connection.autocommit = True

        def make(is_so: bool) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    f'ALTER DATABASE "{name}" SET default_transaction_read_only = {"on" if is_so else "off"}'
                )
                if is_so:  # those who are connected to a server that only reads must find out by themselves
                    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

        yield make


def test_a_job_outlives_a_store_that_only_reads_for_longer_than_its_lease(
    cluster: Cluster, only_reads: Callable[[bool], None]
) -> None:
    cluster.environment["TUTTI_LEASE_S"] = str(_LEASE_S)
    api = cluster.start_api()
    cluster.start_worker()
    job_id = api.post("/v1/jobs", json=day(2500)).json()["id"]
    until(api, f"/v1/jobs/{job_id}", "running")
    only_reads(True)
    refused = api.post("/v1/jobs", json=day(2))
    assert (refused.status_code, refused.headers.get("Retry-After")) == (503, "5")
    time.sleep(_LEASE_S + 1)
    only_reads(False)
    cancelled = soon(lambda: api.delete(f"/v1/jobs/{job_id}"), lambda answer: answer.status_code != 503)
    assert cancelled.status_code == 200
    kinds = [entry["kind"] for entry in api.get(f"/v1/jobs/{job_id}/history").json()["entries"]]
    assert kinds == ["queued", "started", "cancelled"]
