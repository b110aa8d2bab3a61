"""Clients of the running service, on a connection of their own."""

from collections.abc import Iterator

import pytest

from tests.services import Proxy, tidy_client
from tutti import Client


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    """A client that leaves no job behind."""
    with tidy_client(server) as client:
        yield client


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    """A connection to the service that can be cut."""
    with Proxy(server) as proxy:
        yield proxy
