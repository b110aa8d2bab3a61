"""What goes wrong on the way, or is refused: each an error of its own with a sentence."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.days import day
from tests.servers import free_port
from tests.services import http_server, tutti_serve
from tutti import Client
from tutti.client import (
    ClientError,
    InvalidError,
    RefusedError,
    TimedOutError,
    TooLargeError,
    TooManyJobsError,
    UnauthorizedError,
    UnavailableError,
    UnknownJobError,
    UnreachableError,
    UnreadableError,
)
from tutti.client._errors import reaching
from tutti.fleet.errors import InputError


@pytest.fixture
def other_server() -> Iterator[HTTPServer]:
    """A server that is not Tutti's: answers by its `status`, `sent` headers and `body`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer: Any = self.server
            self.send_response(answer.status)
            for name, value in answer.sent.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None: ...

    with http_server(Handler) as server:
        yield server


def answering(server: HTTPServer, status: int, body: bytes = b"<html>", **sent: str) -> Client:
    """A client of a server that answers so."""
    server.status, server.body, server.sent = status, body, sent  # type: ignore[attr-defined]
    return Client(f"http://127.0.0.1:{server.server_port}")


def test_bad_input_is_refused_with_every_finding(client: Client) -> None:
    routes = day(3)
    for route in routes:
        route["capacity_needed"] = 0
    with pytest.raises(InvalidError, match="the input has 3 problems") as refused:
        client.submit(routes)
    assert refused.value.title == "Bad input"
    assert [finding.path for finding in refused.value.findings] == [f"routes[{n}].capacity_needed" for n in range(3)]


def test_options_of_a_wrong_kind_are_refused_with_their_place(client: Client) -> None:
    with pytest.raises(InvalidError, match="options"):
        client.submit({"routes": day(1), "options": [1]}, {"seed": 2})


def test_too_many_routes_are_too_large(client: Client) -> None:
    with pytest.raises(TooLargeError, match="3001 routes are more than the limit of 3000"):
        client.submit(day(3001))


def test_a_body_over_the_limit_is_too_large(client: Client) -> None:
    with pytest.raises(TooLargeError, match="32 MiB"):
        client.submit(["x" * 33 * 2**20])


def test_too_many_jobs_say_when_to_try_again(tmp_path: Path) -> None:
    with tutti_serve(tmp_path, TUTTI_MAX_JOBS_PER_CLIENT="1") as address, Client(address) as client:
        client.submit(day(2500))
        with pytest.raises(TooManyJobsError, match="limit for one client") as refused:
            client.submit(day(1))
        assert (refused.value.status, refused.value.retry_after_s) == (429, 30)


@pytest.mark.parametrize("job_id", ["none", "../health", "a/b", "%2e", "\n", "é", "\udcff"])
def test_an_unknown_job_is_told_whatever_its_name(client: Client, job_id: str) -> None:
    with pytest.raises((UnknownJobError, UnreadableError)):
        client.job(job_id)


def test_a_text_that_is_too_long_for_an_address_is_no_id_of_a_job() -> None:
    with Client() as client:
        for ask in (client.job, lambda job_id: next(client.watch(job_id))):
            with pytest.raises(InputError, match=r"x\.\.\. is no id of a job: it has 70000 characters"):
                ask("x" * 70_000)


def test_a_refused_connection_names_the_server() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(UnreachableError, match=f"{address} can't be reached .*refused") as away, Client(address) as it:
        it.job("any")
    assert not isinstance(away.value, TimedOutError)


def test_a_password_in_the_address_is_in_no_message(other_server: HTTPServer) -> None:
    with answering(other_server, 403) as client:
        address = client.server
    away = f"http://127.0.0.1:{free_port()}"
    for place in (address, away):
        with Client(place.replace("//", "//me:secret@")) as client, pytest.raises(ClientError, match=place) as refused:
            client.job("any")
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["ftp://me:sec//ret@host", "me:secret@host:80", "http://me:s@cret@host:a"])
def test_what_is_no_address_is_told_without_its_password(address: str) -> None:
    with pytest.raises(InputError, match="is no address") as refused:
        Client(address)
    assert "ret" not in str(refused.value)


@pytest.mark.parametrize("mark", "/?#")
@pytest.mark.parametrize("user", ["me:12", "me", "me:s@12"])
def test_a_password_after_what_ends_a_host_is_not_shown(user: str, mark: str) -> None:
    with pytest.raises(InputError, match=r"http://\.\.\.@host: has an @ after its host; .* %2F %3F %23") as refused:
        Client(f"http://{user}{mark}secret@host")
    assert "secret" not in str(refused.value)


def test_the_path_of_an_address_may_have_an_escaped_at() -> None:
    with Client("http://me:secret@host/%40team/") as client:
        assert client.server == "http://host/%40team/"


def test_a_certificate_that_is_not_trusted_is_told_with_the_way_to_trust_it() -> None:
    with pytest.raises(UnreachableError, match=r"self-signed certificate.*SSL_CERT_FILE"), reaching("https://service"):
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate")


def test_a_server_that_does_not_answer_is_timed_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TimedOutError, match="did not answer in time"), Client(address, timeout_s=0.05) as it:
            it.job("any")


@pytest.mark.parametrize("key", ["", "früh", "a\nb", " before", "behind ", "x" * 256])
def test_a_key_that_no_header_can_carry_is_bad_input(key: str) -> None:
    with Client() as client, pytest.raises(InputError, match="can't be sent"):
        client.submit(day(2), idempotency_key=key)


@pytest.mark.parametrize(
    "address",
    ["", "localhost:8000", "ftp://localhost", "http://", "http://a:b", "http://a..b", f"http://{'a' * 64}.de"],
)
def test_an_address_that_is_none_is_bad_input(address: str) -> None:
    with pytest.raises(InputError, match="is no address of a server; write it as http://HOST:PORT"):
        Client(address)


def test_the_address_may_have_a_path(other_server: HTTPServer) -> None:
    with answering(other_server, 200) as client, Client(f"{client.server}/tutti") as below:
        for job_id in ("a", "b"):
            with pytest.raises(UnreadableError, match=f"/tutti/v1/jobs/{job_id} answered 200 OK"):
                below.job(job_id)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"id": 7}', b""])
def test_another_servers_answer_is_told_as_such(other_server: HTTPServer, body: bytes) -> None:
    with answering(other_server, 200, body) as client:
        for ask in (client.job, client.plan, client.day, lambda job_id: next(client.watch(job_id))):
            with pytest.raises(UnreadableError, match="answered 200 OK, but not as Tutti does"):
                ask("any")


def test_a_page_that_another_server_does_not_have_is_no_unknown_job(other_server: HTTPServer) -> None:
    with answering(other_server, 404) as client, pytest.raises(UnreadableError, match="404 Not Found, but not as Tut"):
        client.job("any")


def test_a_server_that_sends_elsewhere_is_another_one(other_server: HTTPServer) -> None:
    moved = "301 Moved Permanently, but not as Tutti does"
    with answering(other_server, 301, Location="/log-in") as client, pytest.raises(UnreadableError, match=moved):
        client.job("any")


@pytest.mark.parametrize(
    ("status", "kind"), [(502, UnavailableError), (413, TooLargeError), (401, UnauthorizedError), (403, RefusedError)]
)
def test_a_proxy_on_the_way_may_refuse_too(other_server: HTTPServer, status: int, kind: type[RefusedError]) -> None:
    with answering(other_server, status) as client, pytest.raises(kind, match=f"/v1/jobs/any answered {status} "):
        client.job("any")


@pytest.mark.parametrize("moment", ["Fri, 31 Dec 1999 23:59:59 GMT", "9" * 5000, "-1", "²"])
def test_a_moment_to_try_again_that_is_no_number_of_seconds_is_passed_over(
    other_server: HTTPServer, moment: str
) -> None:
    with (
        answering(other_server, 503, b"", **{"Retry-After": moment}) as client,
        pytest.raises(UnavailableError) as away,
    ):
        client.job("any")
    assert away.value.retry_after_s is None
