"""Users of the API: who is let in, where, and what is said to everyone else."""

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.api.conftest import Client, Start
from tests.days import day
from tests.waiting import soon
from tutti.api.access import OPEN
from tutti.api.app import create_app
from tutti.api.context import make_context
from tutti.api.users import Users, read_users
from tutti.fleet.errors import InputError
from tutti.settings import Settings
from tutti.telemetry.logs import _formatter

ANNA, BEN = "a-password-of-anna", "ben's ünlikely: password"
ELSEWHERE = {"Origin": "https://elsewhere.example"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of two users."""
    folder = tmp_path / "users"
    folder.mkdir()
    (folder / "anna").write_text(f"{ANNA}\n")
    (folder / "ben@example.org").write_text(BEN)
    return folder


@pytest.fixture
def guarded(settings: Settings, folder: Path) -> Settings:
    return settings.model_copy(update={"users_dir": str(folder)})


@pytest.fixture
def client(start: Start, guarded: Settings) -> Client:
    """A client of a service with users, as none of them."""
    return start(guarded)


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


def bearer(password: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {password}"}


AS_ANNA = basic("anna", ANNA)


def places(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each method and path of an application; WS for a socket."""
    for route in routes:
        match route:
            case Mount():
                yield "GET", f"{prefix}{route.path}/swagger-ui.css"
            case Route() | APIRoute():
                yield from ((method, prefix + route.path) for method in route.methods or ())
            case WebSocketRoute():
                yield "WS", prefix + route.path
            case _:
                yield from places(route.original_router.routes, prefix)  # type: ignore[attr-defined]


def test_no_route_answers_who_is_no_user_but_the_open_ones(client: Client, guarded: Settings) -> None:
    found = set(places(create_app(make_context(guarded)).routes))
    assert {("POST", "/v1/jobs"), ("GET", "/"), ("WS", "/ws/optimize/{job_id}"), ("HEAD", "/docs")} < found
    asked = {place for place in found if place[0] != "WS"} | {
        ("GET", "/none"),
        ("GET", "//v1/jobs"),
        ("GET", "/livez/"),
    }
    let_in = {(method, path) for method, path in asked if client.request(method, path).status_code != 401}
    assert let_in == {(method, path) for method in ("GET", "HEAD") for path in OPEN}


@pytest.mark.parametrize(
    "given",
    [
        AS_ANNA,
        basic("ben@example.org", BEN),
        bearer(ANNA),
        {"authorization": AS_ANNA["Authorization"].replace("B", "b", 1)},
    ],
)
def test_a_user_is_let_in_by_name_and_password_or_by_the_password_alone(client: Client, given: dict[str, str]) -> None:
    assert client.get("/v1/jobs", headers=given).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        basic("anna", ""),
        basic("anna", ANNA[:-1]),
        basic("anna", f"{ANNA}\n"),
        basic("ben@example.org", ANNA),
        basic("", ANNA),
        basic("..", ANNA),
        {"Authorization": "Bearer"},
        bearer("anna"),
        bearer(f"anna:{ANNA}"),
        {"Authorization": "Basic"},
        {"Authorization": "Basic ünïcode"},
        {"Authorization": f"Basic {ANNA}"},
        {"Authorization": f"Digest {ANNA}"},
        {"Authorization": ""},
    ],
)
def test_anything_else_is_a_401_that_says_what_to_send(client: Client, given: dict[str, str]) -> None:
    headers = {name: value.encode() for name, value in given.items()}
    answer = client.get("/v1/jobs", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="Tutti", charset="UTF-8"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert "(Basic)" in answer.json()["detail"]
    assert answer.headers["x-request-id"]


def test_the_kept_surface_refuses_in_its_own_form(client: Client) -> None:
    answer = client.post("/optimize-async", json=day(2))
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])


@pytest.mark.parametrize("sent", [{}, {**AS_ANNA, **ELSEWHERE}, basic("anna", "a-wrong-password")])
def test_a_socket_is_refused_before_it_is_opened_and_is_no_error_of_the_service(
    client: Client, sent: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    address = str(client.base_url).replace("http", "ws") + "/ws/optimize/none"

    async def answered(headers: dict[str, str]) -> Any:
        async with connect(address, additional_headers=headers) as socket:
            return await socket.recv()

    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(answered(sent))
    assert refused.value.response.status_code == 403
    assert "unknown" in asyncio.run(answered(AS_ANNA))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 404),
        ({"Sec-Fetch-Site": "same-origin", **ELSEWHERE}, 404),
        ({"Sec-Fetch-Site": "none"}, 404),
        ({"Origin": "http://buses.example", "Host": "buses.example"}, 404),
        ({"Origin": "http://buses.example", "X-Forwarded-Host": "buses.example, inner"}, 404),
        ({"Origin": "http://buses.example", "X-Forwarded-Host": "inner, buses.example"}, 404),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://buses.example", "Host": "buses.example"}, 403),
        (ELSEWHERE, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://buses.example:8080", "Host": "buses.example"}, 403),
        ({"Origin": "http://[", "Host": "buses.example"}, 403),
    ],
)
@pytest.mark.parametrize(("method", "part"), [("POST", "/stop"), ("DELETE", "")])
def test_a_page_elsewhere_changes_nothing_by_the_browser_of_a_user(
    client: Client, sent: dict[str, str], status: int, method: str, part: str
) -> None:
    """A browser sends name and password of itself with what any page sends without asking first."""
    answer = client.request(method, f"/v1/jobs/none{part}", headers={**AS_ANNA, **sent})
    assert answer.status_code == status


def test_a_page_elsewhere_may_lead_to_a_plan(client: Client) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers={**AS_ANNA, **link}).status_code == 200


def test_jobs_are_counted_by_user_and_not_by_address(start: Start, guarded: Settings) -> None:
    client = start(guarded.model_copy(update={"max_jobs_per_client": 1, "slots": 1}))
    long = {"routes": day(1500), "options": {"time_limit_s": 60}}
    answers = [
        client.post("/v1/jobs", json=long, headers=user)
        for user in (AS_ANNA, bearer(ANNA), basic("ben@example.org", BEN))
    ]
    assert [answer.status_code for answer in answers] == [202, 429, 202]
    for job in client.get("/v1/jobs", headers=AS_ANNA).json()["jobs"]:
        client.delete(f"/v1/jobs/{job['id']}", headers=AS_ANNA)


def test_the_log_names_the_user_and_no_password(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(_formatter(as_json=True, colours=False))
    caplog.set_level(logging.DEBUG, "tutti")
    client.post("/v1/jobs", json=day(2), headers=AS_ANNA)
    client.post("/v1/jobs", json=day(2), headers=basic("anna", "a-wrong-password"))
    lines = [json.loads(line) for line in caplog.text.splitlines() if line.startswith("{")]
    users = [(line["event"], line.get("user")) for line in lines if line["event"] in ("job queued", "request answered")]
    assert users == [("job queued", "anna"), ("request answered", "anna"), ("request answered", None)]
    assert "credentials that are no user's, from 127.0.0.1" in caplog.text
    told = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert not [secret for secret in (ANNA, "a-wrong-password", AS_ANNA["Authorization"][6:]) if secret in told]


def until(client: Client, status: int, headers: dict[str, str]) -> httpx.Response:
    return soon(lambda: client.get("/v1/jobs", headers=headers), lambda answer: answer.status_code == status)


def test_what_changes_in_the_folder_counts_without_a_restart(client: Client, folder: Path) -> None:
    (folder / "carla").write_text("a-password-of-carla")
    (folder / "anna").unlink()
    until(client, 401, AS_ANNA)
    assert client.get("/v1/jobs", headers=basic("carla", "a-password-of-carla")).status_code == 200


def test_a_folder_that_is_gone_lets_nobody_in_and_is_no_fault_of_the_user(
    client: Client, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.rename(folder.with_name("away"))
    answer = until(client, 503, AS_ANNA)
    assert answer.headers["retry-after"]
    assert "log says why" in answer.json()["detail"]
    assert "the users can't be read" in caplog.text
    assert client.get("/readyz").status_code == 200
    folder.with_name("away").rename(folder)
    until(client, 200, AS_ANNA)


def test_a_secret_as_kubernetes_mounts_it_is_read_and_its_rotation_too(folder: Path, tmp_path: Path) -> None:
    mounted = tmp_path / "mounted"
    first, second = mounted / "..2026_1", mounted / "..2026_2"
    for number, data in enumerate((first, second)):
        data.mkdir(parents=True)
        (data / "anna").write_text(f"a password that is number {number}")
    (mounted / "..data").symlink_to(first.name)
    (mounted / "anna").symlink_to("..data/anna")
    users = Users(mounted)
    assert read_users(mounted)[1] == []
    assert users.sent_by("Bearer a password that is number 0") == "anna"
    (mounted / "..new").symlink_to(second.name)
    (mounted / "..new").rename(mounted / "..data")
    users.read_again()
    assert users.sent_by("Bearer a password that is number 0") is None
    assert users.sent_by("Bearer a password that is number 1") == "anna"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("an:na", ANNA, "is no name of a user"),
        ("anna~", ANNA, "is no name of a user"),
        ("dora", "", "has no password of 15 to 1024 characters in one line; `openssl rand -hex 24` makes one"),
        ("dora", "fourteen-signs", "has no password"),
        ("dora", "first line of it\nsecond line", "has no password"),
        ("dora", "x" * 1025, "has no password"),
        ("dora", ANNA, "has the password of anna; give each user another one"),
    ],
)
def test_a_file_that_lets_nobody_in_is_told_and_the_others_count(
    folder: Path, name: str, content: str, why: str
) -> None:
    (folder / name).write_text(content)
    users, findings = read_users(folder)
    assert [user.name for user in users] == ["anna", "ben@example.org"]
    (finding,) = findings
    assert finding.path == str(folder / name)
    assert finding.message.startswith(why)


@pytest.mark.parametrize("password", ["fifteen-signs!!", "x" * 1024, "\n  blanks around it \n"])
def test_a_password_may_be_as_short_and_as_long_as_is_said(folder: Path, password: str) -> None:
    (folder / "dora").write_text(password)
    users, findings = read_users(folder)
    assert [user.name for user in users] == ["anna", "ben@example.org", "dora"]
    assert not findings


def test_what_is_no_file_lets_nobody_in(folder: Path) -> None:
    (folder / "dora").mkdir()
    assert [finding.message.partition(";")[0] for finding in read_users(folder)[1]] == ["is no file"]


def test_a_service_does_not_start_with_users_of_whom_nobody_can_be_let_in(settings: Settings, tmp_path: Path) -> None:
    for folder, why in ((tmp_path / "none", "can't be read"), (tmp_path / "empty", "names no user")):
        if folder.name == "empty":
            folder.mkdir()
        with pytest.raises(InputError, match=why):
            make_context(settings.model_copy(update={"users_dir": str(folder)}))


def test_the_document_says_who_may_ask_and_what_everyone_else_is_answered(client: Client) -> None:
    document = client.get("/openapi.json", headers=AS_ANNA).json()
    assert set(document["components"]["securitySchemes"]) == {"basic", "bearer"}
    assert document["security"] == [{"basic": []}, {"bearer": []}]
    operations = {(method, path): one for path, ones in document["paths"].items() for method, one in ones.items()}
    unguarded = {path for (_, path), one in operations.items() if one.get("security") == []}
    assert unguarded == {"/livez", "/readyz"}
    assert {path for (_, path), one in operations.items() if "401" not in one["responses"]} == unguarded
    changing = {place for place, one in operations.items() if "403" in one["responses"]}
    assert changing == {place for place in operations if place[0] in ("post", "delete")}
