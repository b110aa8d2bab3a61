"""Live progress: server-sent events and the WebSocket tell the same numbered events."""

import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.api.conftest import Client, Start
from tests.days import day
from tutti.settings import Settings

WAIT = {"Prefer": "wait=60"}


def submit(client: Client, routes: int = 8, headers: dict[str, str] | None = None) -> str:
    job_id: str = client.post("/v1/jobs", json={"routes": day(routes)}, headers=headers).json()["id"]
    return job_id


def events(client: Client, job_id: str, last: int = 0) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(number, kind, data) of each event of the stream."""
    headers = {"Last-Event-ID": str(last)}
    with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "id" in fields:
                yield int(fields["id"]), fields["event"], json.loads(fields["data"])
                fields = {}


def socket(client: Client, job_id: str, query: str = "") -> ClientConnection:
    return connect(f"ws://{client.base_url.netloc.decode()}/ws/optimize/{job_id}{query}")


def told(connection: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(connection.recv(timeout=30))
    return message


@contextmanager
def without_table(settings: Settings, name: str) -> Iterator[None]:
    """Requests and holders find the job store as if it were away."""
    with closing(sqlite3.connect(settings.data_dir / "tutti.db", timeout=30)) as store:
        store.execute(f"ALTER TABLE {name} RENAME TO away")
        yield
        store.execute(f"ALTER TABLE away RENAME TO {name}")


def test_streams_and_sockets_outlive_a_store_that_is_away(client: Client, settings: Settings) -> None:
    job_id = submit(client, routes=2500)
    stream = events(client, job_id)
    with socket(client, job_id) as connection:
        assert told(connection)["type"] == "status"
        assert next(stream)[1] == "queued"
        with without_table(settings, "job_events"):
            time.sleep(2)  # within the lease
        client.delete(f"/v1/jobs/{job_id}")
        while (message := told(connection))["type"] != "error":
            pass
        assert message["error_code"] == "cancelled"
    assert [kind for _, kind, _ in stream][-1] == "cancelled"


def test_a_stream_shows_signs_of_life_while_the_store_is_away(client: Client, settings: Settings) -> None:
    job_id = submit(client, routes=2500)
    with client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        lines = answer.iter_lines()
        assert "event: queued" in lines
        with without_table(settings, "job_events"):
            assert next(line for line in lines if line.startswith(":"))
    client.delete(f"/v1/jobs/{job_id}")


@pytest.mark.server
def test_streams_outlive_requests_that_take_all_connections(
    start: Start, settings: Settings, postgres_url: str
) -> None:
    limits = {"database_pool_size": 1, "database_pool_overflow": 0, "database_statement_timeout_s": 1.0}
    client = start(settings.model_copy(update={"database_url": postgres_url, **limits}))
    job_id = submit(client, routes=2500)
    stream = events(client, job_id)
    assert next(stream)[1] == "queued"
    with closing(psycopg2.connect(postgres_url.replace("+psycopg2", ""))) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(20) as crowd:
            answers = list(crowd.map(lambda _: client.get("/v1/jobs").status_code, range(20)))
    assert set(answers) == {503}
    while client.delete(f"/v1/jobs/{job_id}").status_code == 503:  # it has a connection for all, and 1 s
        pass
    assert [kind for _, kind, _ in stream][-1] == "cancelled"


def test_a_socket_that_is_opened_while_the_store_is_away_is_to_come_again(client: Client, settings: Settings) -> None:
    assert client.get("/readyz").is_success
    with without_table(settings, "jobs"), socket(client, "any") as connection:
        with pytest.raises(ConnectionClosed) as closed:
            told(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013


def test_a_stream_tells_a_jobs_way_from_its_first_event_to_its_last(client: Client) -> None:
    told = list(events(client, submit(client)))
    assert [number for number, _, _ in told] == list(range(1, len(told) + 1))
    assert [kind for _, kind, _ in told][:2] == ["queued", "started"]
    assert told[-1][1] == "completed"
    assert told[-1][2]["buses"] > 0
    assert told[1][2].keys() == {"job_id", "at"}  # who runs it is for operators, in its history


def test_a_client_that_comes_late_gets_what_it_missed(client: Client) -> None:
    job_id = submit(client, headers=WAIT)
    assert next(events(client, job_id))[1] == "queued"


def test_a_client_that_comes_again_gets_each_event_once(client: Client) -> None:
    job_id = submit(client, headers=WAIT)
    everything = list(events(client, job_id))
    assert list(events(client, job_id, last=2)) == everything[2:]


def test_a_client_that_has_seen_the_end_is_told_not_to_come_again(client: Client) -> None:
    job_id = submit(client, headers=WAIT)
    last = list(events(client, job_id))[-1][0]
    answer = client.get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": str(last)})
    assert (answer.status_code, answer.content) == (204, b"")


def test_events_of_an_unknown_job_are_a_404(client: Client) -> None:
    assert client.get("/v1/jobs/none/events").status_code == 404
    assert client.get("/v1/jobs/none/events", headers={"Last-Event-ID": "x"}).status_code == 422


def test_a_stream_ends_when_the_service_does(start: Start, settings: Settings) -> None:
    """The fixture ends the service while the stream is open; a stream that went on would hang the test."""
    client = start(settings)
    stream = events(client, submit(client, routes=2500))
    assert next(stream)[1] == "queued"


def test_a_socket_tells_status_progress_and_result(client: Client) -> None:
    job_id = submit(client)
    with socket(client, job_id) as connection:
        assert told(connection)["type"] == "status"
        message = told(connection)
        while message["type"] in ("status", "progress"):
            message = told(connection)
    assert message["type"] == "completed"
    assert message["result"] == client.get(f"/jobs/{job_id}/result").json()["result"]
    assert message["stats"]["total_routes"] == 8


def test_a_socket_shows_progress_in_the_words_of_the_kept_contract(client: Client) -> None:
    job_id = submit(client, routes=2500)
    with socket(client, job_id) as connection:
        message = told(connection)
        while message["type"] != "progress":
            message = told(connection)
    assert set(message) == {"type", "job_id", "phase", "progress", "message", "timestamp", "sequence"}
    assert 0 <= message["progress"] <= 100


def test_a_socket_to_an_ended_job_tells_its_end_at_once(client: Client) -> None:
    with socket(client, submit(client, headers=WAIT)) as connection:
        assert [told(connection)["type"] for _ in range(2)] == ["status", "completed"]


def test_a_socket_can_ask_for_what_was_missed(client: Client) -> None:
    with socket(client, submit(client, headers=WAIT), "?after=1") as connection:
        told(connection)
        assert told(connection)["sequence"] == 2


def test_a_cancelled_job_is_an_error_on_the_socket(client: Client) -> None:
    job_id = submit(client, routes=2500)
    with socket(client, job_id) as connection:
        client.delete(f"/jobs/{job_id}")
        message = told(connection)
        while message["type"] != "error":
            message = told(connection)
    assert (message["error_code"], message["job_id"]) == ("cancelled", job_id)


def test_a_socket_to_an_unknown_job_says_so_and_stays(client: Client) -> None:
    with socket(client, "none") as connection:
        assert told(connection) == {"type": "status", "job_id": "none", "status": "unknown"}
        connection.send('{"action": "ping"}')
        assert told(connection)["type"] == "pong"


@pytest.mark.parametrize("nonsense", ["", "no json", "[1]", '{"action": "dance"}', "[" * 20_000, b"\x00binary"])
def test_nonsense_is_an_error_and_the_socket_stays(client: Client, nonsense: str | bytes) -> None:
    with socket(client, submit(client, headers=WAIT)) as connection:
        for _ in range(2):
            told(connection)
        connection.send(nonsense)
        assert told(connection)["type"] == "error"
        connection.send('{"action": "get_status"}')
        assert told(connection)["status"] == "completed"
