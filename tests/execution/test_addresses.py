"""Where a server listens."""

import socket
from contextlib import ExitStack

import pytest

from tests.servers import needs_ipv6
from tutti.execution.addresses import EVERY, listen, shown


def names_of_clients(host: str) -> dict[str, str]:
    """By the loopback address that was called, as whom the server saw the caller; '' where nobody answered."""
    seen = {}
    with ExitStack() as opened:
        listeners = listen(host, 0, opened)
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            seen[address] = ""
            for listener in listeners:
                if listener.family == family:
                    with socket.create_connection((address, listeners[0].getsockname()[1]), timeout=5):
                        connection, name = listener.accept()
                    connection.close()
                    seen[address] = name[0]
    return seen


@needs_ipv6
def test_every_address_is_both_kinds_and_clients_of_each_keep_their_names() -> None:
    assert names_of_clients(EVERY) == {"127.0.0.1": "127.0.0.1", "::1": "::1"}


def test_every_address_of_a_machine_without_ipv6_is_those_of_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    assert names_of_clients(EVERY) == {"127.0.0.1": "127.0.0.1", "::1": ""}


def test_one_address_is_that_one() -> None:
    assert names_of_clients("127.0.0.1") == {"127.0.0.1": "127.0.0.1", "::1": ""}


@pytest.mark.parametrize(
    ("host", "place"), [("127.0.0.1", "127.0.0.1:8000"), ("::1", "[::1]:8000"), ("plans.example", "plans.example:8000")]
)
def test_an_address_of_ipv6_is_shown_in_brackets(host: str, place: str) -> None:
    assert shown(host, 8000) == place
