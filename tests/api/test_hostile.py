"""What a confused or hostile client sends: each gets its answer, and the service goes on."""

import asyncio
import gzip
import json
import logging
import resource
import socket
from contextlib import AsyncExitStack, suppress
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client import REGISTRY
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from tests.api.conftest import Client, Start, asked_in_time
from tests.days import day
from tests.waiting import soon
from tutti.settings import Settings

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}
SURFACES = pytest.mark.parametrize("path", ["/v1/jobs", "/optimize-async", "/v1/validate"])


def detail(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status
    return json.dumps(answer.json()["detail"])


def nested(depth: int) -> object:
    """A list of routes, the innermost of which is within `depth` lists and objects."""
    content: object = day(1)
    for level in range(depth):
        content = [content] if level % 2 else {"routes": content}
    return content


@SURFACES
def test_a_body_of_33_mib_is_refused_with_the_limit(client: Client, path: str) -> None:
    assert "32 MiB" in detail(client.post(path, content=b" " * (33 * MIB), headers=JSON), 413)


@SURFACES
def test_a_gzip_bomb_is_refused_after_the_limit(client: Client, path: str) -> None:
    """If it were unpacked, the memory of this very process would show it."""
    bomb = gzip.compress(b" " * (256 * MIB), compresslevel=1)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = client.post(path, content=bomb, headers={**JSON, "Content-Encoding": "gzip"})
    assert "32 MiB" in detail(answer, 413)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 150 * 1024


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/validate"])
@pytest.mark.parametrize(("header", "why"), [(b"", "the input is empty"), (b"route_id", "row 1048577")])
def test_a_table_of_line_ends_is_refused_before_its_rows_fill_the_memory(
    client: Client, path: str, header: bytes, why: str
) -> None:
    """32 MiB of them are 2 GiB of rows."""
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    table = header + b"\n" * (32 * MIB - len(header))
    answer = client.post(path, content=gzip.compress(table, compresslevel=1), headers=headers)
    assert why in detail(answer, 422)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 300 * 1024


@SURFACES
def test_a_gzip_body_that_goes_on_after_its_end_is_bad_input(client: Client, path: str) -> None:
    """What comes after the end would be dropped, or kept without a limit."""
    body = gzip.compress(json.dumps(day(2)).encode()) + gzip.compress(b"[]")
    assert "one gzip stream" in detail(
        client.post(path, content=body, headers={**JSON, "Content-Encoding": "gzip"}), 422
    )


@SURFACES
def test_a_gzip_of_a_gzip_bomb_is_no_json(client: Client, path: str) -> None:
    twice = gzip.compress(gzip.compress(b"[" * MIB))
    answer = client.post(path, content=twice, headers={**JSON, "Content-Encoding": "gzip"})
    assert "UTF-8" in detail(answer, 422)


@SURFACES
def test_routes_ten_levels_deep_are_bad_input(client: Client, path: str) -> None:
    answer = client.post(path, json=nested(10))
    if path == "/v1/validate":
        assert answer.json()["findings"]
    else:
        assert "is missing" in detail(answer, 422)


@pytest.mark.parametrize("depth", [10, 900])
def test_a_deep_value_within_a_route_is_bad_input(client: Client, depth: int) -> None:
    routes = day(2)
    routes[1]["stops"][0]["lat"] = json.loads("[" * depth + "]" * depth)
    answer = client.post("/v1/jobs", json=routes)
    assert answer.json()["errors"][0]["path"] == "routes[1].stops[0].lat"


@SURFACES
def test_a_slow_body_is_a_408(start: Start, settings: Settings, path: str) -> None:
    address = urlsplit(str(start(settings.model_copy(update={"body_timeout_s": 0.2})).base_url))
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=30) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n[".encode())
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"did not arrive within 0.2 s" in answer
    assert b"\r\nconnection: close\r\n" in answer.lower()


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
@SURFACES
def test_a_body_of_another_type_is_a_415(client: Client, path: str, media_type: str) -> None:
    answer = client.post(path, content=b"[]", headers={"Content-Type": media_type})
    assert "application/json" in detail(answer, 415)


@pytest.mark.parametrize("job_id", ["7", "none", "%00", "a" * 5000, "..%2f..", "' OR 1=1 --", "ünïcode"])
@pytest.mark.parametrize("path", ["/jobs/{}", "/jobs/{}/result", "/v1/jobs/{}", "/v1/jobs/{}/plan", "/v1/jobs/{}/day"])
def test_an_id_that_is_no_uuid_is_an_unknown_job(client: Client, path: str, job_id: str) -> None:
    assert client.get(path.format(job_id)).status_code == 404


@SURFACES
def test_a_client_that_hangs_up_within_its_body_leaves_no_job_and_is_no_fault_of_the_service(
    client: Client, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    def cut_off() -> float:
        known = {"method": "POST", "route": path, "status": "400"}
        return REGISTRY.get_sample_value("tutti_http_answer_seconds_count", known) or 0

    before = cut_off()
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n[{{".encode())
    soon(cut_off, lambda count: count > before)
    assert client.get("/v1/jobs").json()["jobs"] == []
    assert [line for line in caplog.records if line.levelno >= logging.WARNING] == []


def test_thousands_of_handshakes_leave_the_service_well(client: Client) -> None:
    """Some at once, both ends being here, then many that are cut off, then some at once again."""
    at_once = min(500, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4)
    address = f"ws://{client.base_url.netloc.decode()}/ws/optimize/none"

    async def wave() -> int:
        async with AsyncExitStack() as sockets:
            opened = [await sockets.enter_async_context(connect(address)) for _ in range(at_once)]
            told = [json.loads(await one.recv()) for one in opened]
            return sum(message["status"] == "unknown" for message in told)

    async def handshakes_that_are_left(count: int) -> None:
        for _ in range(count):
            with suppress(ConnectionClosed, InvalidMessage, InvalidStatus):
                one = await connect(address)
                one.transport.abort()

    assert asyncio.run(wave()) == at_once
    asyncio.run(handshakes_that_are_left(1000))
    assert asyncio.run(wave()) == at_once
    assert asked_in_time(client, "/health")["status"] == "ok"
