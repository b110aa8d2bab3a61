"""`tutti.Client` and `tutti.AsyncClient` against a running service."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
import pytest

from tests.days import day
from tests.services import Proxy
from tutti import AsyncClient, Client
from tutti import client as public
from tutti.client import ConflictError, GoneError, JobStatus, UnknownJobError, _calls, _models
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Status
from tutti.fleet.reading import read_day
from tutti.optimizer import solve

LONG = day(2500)


def test_a_day_is_planned_as_it_is_in_this_process(client: Client) -> None:
    job = client.wait(client.submit(day(12)).id)
    assert (job.status, job.route_count, job.ended) == (JobStatus.COMPLETED, 12, True)
    here = read_day(day(12))
    result = solve(here.problem())
    planned = client.plan(job.id)
    assert planned.plan == result.plan
    assert planned.certificate.status is Status.OPTIMAL
    assert planned.certificate.objective == result.certificate.objective
    assert planned.kpis == plan_document(here, result.plan, result.certificate)["kpis"]


def test_options_given_beside_the_content_win(client: Client) -> None:
    content = {"routes": day(3), "options": {"seed": 1, "gap": 0.5}}
    job = client.submit(content, {"seed": 2})
    options = client.day(job.id).options
    assert (options.seed, options.gap) == (2, 0.5)
    assert client.day(client.submit(day(3), {"seed": 3}).id).options.seed == 3


def test_the_day_of_a_job_is_the_one_that_was_submitted(client: Client) -> None:
    assert client.day(client.submit(day(5)).id) == read_day(day(5))


def test_the_same_key_gives_the_same_job(client: Client) -> None:
    first = client.submit(day(2), idempotency_key="the same")
    assert client.submit(day(2), idempotency_key="the same").id == first.id
    assert client.submit(day(2)).id != first.id


def test_all_jobs_are_listed_page_by_page_the_newest_first(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_calls, "_PAGE", 2)
    ids = [client.submit(day(1)).id for _ in range(5)]
    assert [job.id for job, _ in zip(client.jobs(), ids, strict=False)] == ids[::-1]
    assert next(client.jobs()).id == ids[-1]


def test_jobs_are_listed_by_status(client: Client) -> None:
    job = client.cancel(client.submit(day(1)).id)
    assert job.status in (JobStatus.CANCELLED, JobStatus.COMPLETED)
    assert job.id in {job.id for job in client.jobs(status=[JobStatus.CANCELLED, JobStatus.COMPLETED])}
    assert job.id in {each.id for each in client.jobs(status=job.status)}
    assert job.id not in {job.id for job in client.jobs(status=["failed"])}


@pytest.mark.parametrize("job_id", ["..", ".", "?"])
def test_a_text_that_is_no_job_is_asked_for_among_the_jobs(client: Client, job_id: str) -> None:
    with pytest.raises(UnknownJobError, match=re.escape(f"there is no job {job_id!r}")):
        client.history(job_id)


def test_a_stopped_job_keeps_its_best_plan(client: Client) -> None:
    job_id = client.submit(LONG).id
    for event in client.watch(job_id):
        if event.kind == "incumbent":
            client.stop(job_id)
    job = client.job(job_id)
    assert (job.status, job.stopped) == (JobStatus.COMPLETED, True)
    assert client.plan(job_id).certificate.status is Status.STOPPED


def test_a_plan_that_is_not_there_yet_is_a_conflict_and_one_that_never_will_be_is_gone(client: Client) -> None:
    ahead, behind = client.submit(LONG), client.submit(LONG)
    with pytest.raises(ConflictError, match="not there yet") as early:
        client.plan(behind.id)
    assert early.value.retry_after_s == 1
    assert client.cancel(behind.id).status is JobStatus.CANCELLED
    with pytest.raises(GoneError, match="without a plan"):
        client.plan(behind.id)
    client.cancel(ahead.id)


def test_checking_tells_everything_that_is_wrong_without_solving(client: Client) -> None:
    routes = day(3)
    assert client.validate(routes).valid
    routes[0]["capacity_needed"] = routes[1]["capacity_needed"] = 0
    checked = client.validate(routes)
    assert not checked.valid
    assert [finding.path for finding in checked.findings] == ["routes[0].capacity_needed", "routes[1].capacity_needed"]


def test_a_plan_is_checked_against_its_routes(client: Client) -> None:
    document = client.plan(client.wait(client.submit(day(4)).id).id).document
    assert client.validate(day(4), document).valid
    document["blocks"].pop()
    assert not client.validate({"routes": day(4)}, document).valid


def test_the_same_can_be_awaited(server: str) -> None:
    async def plan() -> None:
        async with AsyncClient(server) as client:
            job = await client.submit(day(12), {"seed": 5})
            events = [event async for event in client.watch(job.id)]
            assert [event.number for event in events] == list(range(1, len(events) + 1))
            assert (await client.wait(job.id)).status is JobStatus.COMPLETED
            assert (await client.plan(job.id)).certificate.status is Status.OPTIMAL
            assert (await client.day(job.id)).options.seed == 5
            assert (await anext(client.jobs())).id == job.id
            assert (await client.history(job.id)).entries[0].kind == "queued"
            assert (await client.stop(job.id)).stopped is False
            assert (await client.cancel(job.id)).status is JobStatus.COMPLETED
            assert (await client.validate(day(1))).valid

    asyncio.run(plan())


@pytest.mark.parametrize(
    ("login", "header"), [("me:s%40cret", "bWU6c0BjcmV0"), (":s%40cret", "OnNAY3JldA=="), ("me", "bWU6")]
)
def test_a_name_and_password_in_the_address_are_sent_and_not_logged(
    server: str, caplog: pytest.LogCaptureFixture, login: str, header: str
) -> None:
    sent: list[httpx.Request] = []
    with Client(server.replace("//", f"//{login}@"), event_hooks={"request": [sent.append]}) as client:
        caplog.set_level("INFO", "httpx")
        client.status()
    assert sent[0].headers["Authorization"] == f"Basic {header}"
    assert f"{server}/v1/status" in caplog.text
    assert "cret@" not in caplog.text


def test_an_awaited_client_sends_the_name_and_password_in_its_address_too(server: str) -> None:
    sent = []

    async def take(request: httpx.Request) -> None:
        sent.append(request.headers["Authorization"])

    async def ask() -> None:
        async with AsyncClient(server.replace("//", "//me:secret@"), event_hooks={"request": [take]}) as client:
            assert client.server == server
            await client.status()

    asyncio.run(ask())
    assert sent == ["Basic bWU6c2VjcmV0"]


def test_whatever_the_service_answers_has_a_public_name() -> None:
    answers = {name for name, kind in vars(_models).items() if getattr(kind, "__module__", "") == _models.__name__}
    unnamed = {name for name in answers - set(public.__all__) if not name.startswith("_")}
    assert unnamed == {"JobPage"}  # which `jobs` takes apart


def test_importing_the_package_loads_no_http() -> None:
    program = "import sys, tutti; assert 'httpx' not in sys.modules; tutti.Client; assert 'httpx' in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_history_of_a_job_is_told_in_sentences(client: Client) -> None:
    job = client.wait(client.submit(day(3)).id)
    history = client.history(job.id)
    assert (history.job_id, history.status) == (job.id, JobStatus.COMPLETED)
    assert [entry.kind for entry in history.entries] == ["queued", "started", "completed"]
    assert history.entries[-1].text.startswith("It was completed with a plan of ")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Puts the clock that connections go by ahead, to just before many servers and proxies close an idle one."""
    clock = time.monotonic
    return lambda: monkeypatch.setattr(time, "monotonic", lambda: clock() + 4.9)


def test_a_connection_that_the_other_side_may_be_about_to_close_is_not_used_again(
    proxy: Proxy, later: Callable[[], None]
) -> None:
    with Client(proxy.address) as client:
        client.status()
        client.status()
        assert proxy.connections == 1
        later()
        client.status()
    assert proxy.connections == 2


def test_an_awaited_client_does_not_use_it_again_either(proxy: Proxy, later: Callable[[], None]) -> None:
    async def ask() -> None:
        async with AsyncClient(proxy.address) as client:
            await client.status()
            later()
            await client.status()

    asyncio.run(ask())
    assert proxy.connections == 2
