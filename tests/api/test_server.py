"""`tutti serve` as a process of its own: ended, killed, started again."""

import signal
import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import until_one_runs
from tests.api.process import serving
from tests.days import day
from tests.servers import free_port
from tutti.api.context import make_context
from tutti.api.server import Server, _config, _listen, serve
from tutti.fleet.errors import InputError
from tutti.settings import Settings

QUEUED = {"Prefer": "respond-async"}


@pytest.fixture
def services() -> Iterator[ExitStack]:
    with ExitStack() as services:
        yield services


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_job_goes_on_after_its_server_ended(services: ExitStack, tmp_path: Path, sig: signal.Signals) -> None:
    first = services.enter_context(serving(tmp_path))
    job_id = first.client.post("/optimize-async", json=day(2500), headers=QUEUED).json()["job_id"]
    first.until(job_id, "running")
    assert first.end(sig) == (-9 if sig == signal.SIGKILL else 0)
    second = services.enter_context(serving(tmp_path))
    in_order = sig != signal.SIGKILL
    assert second.until(job_id, "running", attempts=1 if in_order else 2)["attempts"] == (1 if in_order else 2)
    second.client.post(f"/v1/jobs/{job_id}/stop")
    assert second.until(job_id, "completed", "failed")["status"] == "completed"


def test_ctrl_c_twice_ends_the_server_at_once_and_its_job_goes_on(services: ExitStack, tmp_path: Path) -> None:
    """It would else wait ten minutes for the job."""
    patient = {"TUTTI_FINISH_GRACE_S": "600", "TUTTI_SHUTDOWN_GRACE_S": "700"}
    first = services.enter_context(serving(tmp_path, **patient))
    job_id = first.client.post("/optimize-async", json=day(2500), headers=QUEUED).json()["job_id"]
    first.until(job_id, "running")
    first.process.send_signal(signal.SIGINT)
    with suppress(httpx.TransportError):
        while first.client.get("/readyz").is_success:
            pass
    first.end(signal.SIGINT)
    second = services.enter_context(serving(tmp_path))
    second.until(job_id, "running", attempts=2)
    second.client.post(f"/v1/jobs/{job_id}/stop")
    assert second.until(job_id, "completed", "failed")["status"] == "completed"


def test_a_service_that_is_told_twice_to_end_still_ends_in_order_unless_by_ctrl_c(tmp_path: Path) -> None:
    context = make_context(Settings(data_dir=tmp_path))
    server, forced = Server(_config(context), context), []
    for sig in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
        server.handle_exit(sig, None)
        forced.append(server.force_exit)
    assert (server.should_exit, forced) == (True, [False, False, True])


def test_a_request_that_waits_is_answered_when_the_server_ends(services: ExitStack, tmp_path: Path) -> None:
    service = services.enter_context(serving(tmp_path))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(httpx.post, service.client.base_url.join("/optimize-async"), json=day(2500), timeout=60)
        job_id = until_one_runs(service.client)
        assert not waiting.done()
        assert service.end(signal.SIGTERM) == 0
        answer = waiting.result().json()
    assert answer["job_id"] == job_id
    assert answer["status"] in ("queued", "running")


def test_a_request_that_the_end_of_the_server_cuts_off_is_told_to_try_again(
    services: ExitStack, tmp_path: Path
) -> None:
    service = services.enter_context(serving(tmp_path, TUTTI_SHUTDOWN_GRACE_S="1"))
    head = ["POST /v1/jobs HTTP/1.1", "Host: here", "Content-Type: application/json", "Content-Length: 9"]
    place = (service.client.base_url.host, service.client.base_url.port)
    with socket.create_connection(place) as connection, connection.makefile("rb") as answer:
        connection.sendall("\r\n".join([*head, "Expect: 100-continue", "", ""]).encode())
        assert answer.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert service.end(signal.SIGTERM) == 0
        told = answer.read()
    assert b"HTTP/1.1 503" in told
    assert b"retry-after: 1" in told.lower()
    assert b"the service ends; try again" in told


def test_a_port_that_is_taken_is_said_so(services: ExitStack, tmp_path: Path) -> None:
    service = services.enter_context(serving(tmp_path))
    assert service.client.base_url.port is not None
    with pytest.raises(InputError, match="choose another place with --host and --port"):
        serve(port=service.client.base_url.port, data=tmp_path)


def test_a_database_with_tables_of_another_program_is_said_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "tutti.db")) as store:
        store.execute("CREATE TABLE jobs (title TEXT)")
    with pytest.raises(InputError, match=r"tutti\.db: is no job store that can be used: table jobs already exists"):
        serve(port=0, data=tmp_path)


def test_the_body_of_an_answer_does_not_wait_for_the_client_to_acknowledge_its_head() -> None:
    with ExitStack() as opened:
        (listener,) = _listen("127.0.0.1", 0, opened)
        opened.enter_context(socket.create_connection(listener.getsockname()))
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_idle_connection_is_kept_longer_than_balancers_keep_theirs(tmp_path: Path) -> None:
    """Who closes first could do so while a request is on its way, whose sender can't know whether it was taken."""
    longest_s = 600  # of Google's; nginx and AWS have 60 s, Traefik 90 s
    assert _config(make_context(Settings(data_dir=tmp_path))).timeout_keep_alive > longest_s


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"],
    ids=["no database", "nonsense", "nobody"],
)
def test_a_job_store_that_can_not_be_used_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    (tmp_path / "tutti.db").write_bytes(b"no database" * 100)
    monkeypatch.setenv("TUTTI_DATABASE_URL", url)
    with pytest.raises(InputError, match="TUTTI_DATABASE_URL" if url else r"tutti\.db"):
        serve(port=0, data=tmp_path)


def test_a_folder_that_can_not_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="--data"):
        serve(port=0, data=tmp_path / "file" / "data")
