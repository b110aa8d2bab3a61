"""Proxies that the environment names."""

import asyncio
from http.server import BaseHTTPRequestHandler

import pytest

from tests.servers import free_port
from tests.services import http_server
from tutti import AsyncClient, Client
from tutti.client import UnreachableError
from tutti.fleet.errors import InputError

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
SOCKS = "socks5://user:secret@proxy.example:1080"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("proxy", [SOCKS, f"http://127.0.0.1:{free_port()}"], ids=["socks", "nobody"])
def test_this_machine_itself_is_called_past_every_proxy(
    server: str, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)

    async def ask() -> str:
        async with AsyncClient(server) as client:
            return (await client.status()).version

    with Client(server) as client:
        assert client.status().version == asyncio.run(ask())


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("proxy", [SOCKS, "wrong://user:secret@proxy.example:1080"])
def test_a_proxy_of_a_kind_that_can_not_be_used_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, kind: type[Client] | type[AsyncClient], proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(InputError, match=r"ALL_PROXY.*can't be used.*http://HOST:PORT") as told:
        kind("http://tutti.example")
    assert "secret" not in str(told.value)


def test_what_httpx_refuses_for_another_reason_is_not_laid_to_a_proxy() -> None:
    with pytest.raises(ImportError, match="h2"):
        Client("http://tutti.example", http2=True)


def test_a_proxy_that_can_not_be_reached_is_thought_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with Client("http://tutti.example") as client, pytest.raises(UnreachableError, match="the proxy on the way"):
        client.status()
    monkeypatch.setenv("NO_PROXY", "tutti.invalid")
    with Client("http://tutti.invalid") as client, pytest.raises(UnreachableError, match="the service runs there"):
        client.status()


class _Closed(BaseHTTPRequestHandler):
    def do_CONNECT(self) -> None:
        self.send_error(403)

    def log_message(self, *_: object) -> None: ...


def test_a_proxy_that_does_not_let_a_call_through_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(_Closed) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        with (
            Client("https://tutti.example") as client,
            pytest.raises(UnreachableError, match=r"not let it through.*403"),
        ):
            client.status()
