"""A running `tutti serve` for all tests of the client, and clients of it."""

from collections.abc import Iterator

import pytest

from tests.services import Proxy, tutti_serve
from tutti import Client


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with at most 3000 routes a job, which hears soon what is asked of a running one."""
    with tutti_serve(tmp_path_factory.mktemp("data"), TUTTI_MAX_ROUTES="3000", TUTTI_HEARTBEAT_S="0.2") as address:
        yield address


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    """A client whose jobs are cancelled after the test, so that they don't hold up the next one's."""
    with Client(server) as client:
        yield client
        for job in client.jobs(status=["queued", "running"]):
            client.cancel(job.id)


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    """A connection to the service that can be cut."""
    with Proxy(server) as proxy:
        yield proxy
