"""The `/v1` surface: jobs, plans, and what is refused why."""

import gzip
import json

import pytest
from httpx import Response

from tests.api.conftest import Client, Start, until_one_runs
from tests.days import day
from tests.waiting import soon
from tutti.settings import Settings

KEY = {"Idempotency-Key": "k1"}
WAIT = {"Prefer": "wait=60"}
LONG = {"routes": day(2500)}


def submit(client: Client, routes: int = 8, headers: dict[str, str] | None = None) -> Response:
    return client.post("/v1/jobs", json={"routes": day(routes)}, headers=headers)


def problem(answer: Response, status: int) -> str:
    """The sentence of a problem document with this status."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    detail: str = answer.json()["detail"]
    return detail


def test_a_submission_is_accepted_with_its_place(client: Client) -> None:
    answer = submit(client)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['id']}"
    assert client.get(answer.headers["location"]).json()["route_count"] == 8


def test_a_client_that_waits_gets_the_plan(client: Client) -> None:
    answer = submit(client, headers=WAIT)
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "wait=60"
    assert answer.json()["plan"]["certificate"]["status"] == "optimal"


def test_a_wait_that_is_too_short_answers_with_the_job(client: Client) -> None:
    answer = client.post("/v1/jobs", json=LONG, headers={"Prefer": "wait=0"})
    assert answer.status_code == 202
    assert answer.json()["plan"] is None


def test_the_same_key_gives_the_same_job_and_another_body_a_422(client: Client) -> None:
    first = submit(client, headers=KEY)
    assert submit(client, headers=KEY).json()["id"] == first.json()["id"]
    assert "k1" in problem(submit(client, routes=9, headers=KEY), 422)


def test_jobs_are_listed_in_pages_and_by_status(client: Client) -> None:
    ids = [submit(client, headers=WAIT).json()["id"] for _ in range(3)]
    first = client.get("/v1/jobs", params={"limit": 2}).json()
    rest = client.get("/v1/jobs", params={"limit": 2, "cursor": first["next"]}).json()
    assert [job["id"] for job in first["jobs"] + rest["jobs"]] == ids[::-1]
    assert rest["next"] is None
    assert len(client.get("/v1/jobs", params={"status": "completed"}).json()["jobs"]) == 3
    assert client.get("/v1/jobs", params={"status": "failed"}).json()["jobs"] == []


def test_a_plan_comes_as_json_csv_or_page(client: Client) -> None:
    place = f"/v1/jobs/{submit(client, headers=WAIT).json()['id']}/plan"
    assert client.get(place).json()["kpis"]["buses"] > 0
    csv = client.get(place, headers={"Accept": "text/csv"})
    assert csv.headers["content-type"].startswith("text/csv")
    assert "R0001" in csv.text
    page = client.get(place, headers={"Accept": "text/html, application/json;q=0.5"})
    assert page.text.lstrip().lower().startswith("<!doctype html>")
    assert "csv" in problem(client.get(place, headers={"Accept": "image/png"}), 406)
    assert {answer.headers["Vary"] for answer in (csv, page)} == {"Accept"}


def test_a_csv_has_the_separator_that_is_asked_for(client: Client) -> None:
    place = f"/v1/jobs/{submit(client, headers=WAIT).json()['id']}/plan"
    plain, semicolons, tabs = (
        client.get(place, headers={"Accept": "text/csv"}, params=params).text
        for params in ({}, {"separator": "semicolon"}, {"separator": "tab"})
    )
    assert plain.startswith("block,vehicle_type,")
    assert semicolons == plain.replace(",", ";")
    assert tabs == plain.replace(",", "\t")
    assert "separator" in problem(client.get(place, params={"separator": "|"}), 422)


def test_a_csv_for_drivers_has_a_row_a_stop(client: Client) -> None:
    job_id = submit(client, headers=WAIT).json()["id"]
    stops = sum(len(route["stops"]) for route in client.get(f"/v1/jobs/{job_id}/day").json()["routes"])
    place, params = f"/v1/jobs/{job_id}/plan", {"rows": "stops", "separator": "tab"}
    header, *rows = client.get(place, headers={"Accept": "text/csv"}, params=params).text.splitlines()
    assert header.split("\t")[-3:] == ["time", "stop_name", "passengers"]
    assert len(rows) == stops


def test_the_day_of_a_job_is_what_was_submitted(client: Client) -> None:
    content = {"routes": day(3), "options": {"seed": 4}}
    job_id = client.post("/v1/jobs", json=content).json()["id"]
    assert client.get(f"/v1/jobs/{job_id}/day").json() == content
    assert "none" in problem(client.get("/v1/jobs/none/day"), 404)


def test_a_plan_that_is_not_there_yet_says_when_to_ask_again(client: Client) -> None:
    client.post("/v1/jobs", json=LONG)
    waiting = submit(client).json()["id"]  # behind the long one
    answer = client.get(f"/v1/jobs/{waiting}/plan")
    problem(answer, 409)
    assert answer.headers["retry-after"] == "1"


def test_a_plan_that_will_never_be_there_is_gone(client: Client) -> None:
    client.post("/v1/jobs", json=LONG)
    waiting = submit(client).json()["id"]  # behind the long one, so that it has no plan yet
    client.delete(f"/v1/jobs/{waiting}")
    assert f"job {waiting} has ended (cancelled) without a plan" in problem(client.get(f"/v1/jobs/{waiting}/plan"), 410)


def test_cancelling_twice_is_cancelling_once(client: Client) -> None:
    job_id = client.post("/v1/jobs", json=LONG).json()["id"]
    assert [client.delete(f"/v1/jobs/{job_id}").json()["status"] for _ in range(2)] == ["cancelled"] * 2


def test_a_stopped_job_completes_with_the_plan_it_had(client: Client) -> None:
    job_id = client.post("/v1/jobs", json=LONG).json()["id"]
    assert client.post(f"/v1/jobs/{job_id}/stop").status_code == 202
    job = soon(lambda: client.get(f"/v1/jobs/{job_id}").json(), lambda job: job["status"] not in ("queued", "running"))
    assert (job["status"], job["stopped"]) == ("completed", True)


def test_stopping_a_cancelled_job_is_a_conflict(client: Client) -> None:
    job_id = client.post("/v1/jobs", json=LONG).json()["id"]
    client.delete(f"/v1/jobs/{job_id}")
    problem(client.post(f"/v1/jobs/{job_id}/stop"), 409)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"routes": ',
        b"[" * 10 + b"]" * 10,
        b"[" * 100_000,
        b'[{"id": NaN}]',
        b"null",
        b"7",
        b'"routes"',
        b"[[]]",
        b"{}",
        b"\xff\xfe\x00",
        b'{"routes": {"id": 1}}',
        b'{"routes": [], "options": []}',
    ],
)
def test_a_body_that_is_no_day_is_a_422_with_a_sentence(client: Client, body: bytes) -> None:
    answer = client.post("/v1/jobs", content=body, headers={"Content-Type": "application/json"})
    assert len(problem(answer, 422)) > 20
    assert answer.json()["errors"]


def test_every_finding_is_in_the_answer(client: Client) -> None:
    routes = day(3)
    routes[0]["stops"][0]["lon"] = "east"
    routes[1]["id"] = "R0001"
    routes[2]["stops"][1]["lat"] = 95
    answer = client.post("/v1/jobs", json={"routes": routes})
    problem(answer, 422)
    assert len(answer.json()["errors"]) >= 3


def test_a_gzip_body_is_read(client: Client) -> None:
    body = gzip.compress(json.dumps(day(8)).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.post("/v1/jobs", content=body, headers=headers).status_code == 202


@pytest.mark.parametrize("body", [gzip.compress(b"[]")[:-9], b"no gzip"], ids=["cut off", "no gzip"])
def test_a_broken_gzip_body_is_a_422(client: Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert "gzip" in problem(client.post("/v1/jobs", content=body, headers=headers), 422)


def test_a_body_above_the_limit_is_a_413_however_it_is_packed(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    body = b" " * (32 * 1024 * 1024 + 1)
    assert "32 MiB" in problem(client.post("/v1/jobs", content=body, headers=headers), 413)
    packed = client.post("/v1/jobs", content=gzip.compress(body), headers={**headers, "Content-Encoding": "gzip"})
    assert "32 MiB" in problem(packed, 413)


def test_a_body_that_is_packed_otherwise_is_a_415(client: Client) -> None:
    problem(client.post("/v1/jobs", content=b"[]", headers={"Content-Encoding": "br"}), 415)


@pytest.mark.parametrize(
    ("limit", "status"), [({"max_routes": 7}, 413), ({"max_queued": 1}, 429), ({"max_jobs_per_client": 1}, 429)]
)
def test_more_than_a_limit_is_refused_with_the_limit(
    start: Start, settings: Settings, limit: dict[str, int], status: int
) -> None:
    client = start(settings.model_copy(update=limit))
    if status == 429:
        client.post("/v1/jobs", json=LONG)
    if "max_queued" in limit:  # one runs, one waits
        until_one_runs(client)
        client.post("/v1/jobs", json=LONG)
    answer = submit(client)
    assert str(next(iter(limit.values()))) in problem(answer, status)
    assert ("retry-after" in answer.headers) == (status == 429)


def test_as_much_as_each_limit_says_is_taken(start: Start, settings: Settings) -> None:
    client = start(settings.model_copy(update={"max_routes": 7, "max_queued": 1, "max_jobs_per_client": 1}))
    assert client.post("/v1/jobs", json=day(7)).status_code == 202


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/jobs/none", 404),
        ("GET", "/v1/jobs/none/plan", 404),
        ("DELETE", "/v1/jobs/none", 404),
        ("POST", "/v1/jobs/none/stop", 404),
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/jobs", 405),
        ("GET", "/v1/jobs?limit=0", 422),
        ("GET", "/v1/jobs?status=lost", 422),
        ("GET", "/v1/jobs?cursor=x", 422),
    ],
)
def test_a_request_that_can_not_be_done_is_a_problem(client: Client, method: str, path: str, status: int) -> None:
    assert problem(client.request(method, path), status)


def test_a_check_lists_every_finding_and_solves_nothing(client: Client) -> None:
    routes = day(2)
    routes[0]["stops"][0]["lon"] = "east"
    routes[1]["id"] = "R0001"
    answer = client.post("/v1/validate", json={"routes": routes, "options": {"gaps": 1}}).json()
    assert not answer["valid"]
    assert {finding["path"] for finding in answer["findings"]} >= {"routes[0].stops[0].lon", "routes[1].id"}
    assert client.post("/v1/validate", json=day(2)).json()["valid"]
    assert client.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize("may_drop", [False, True])
def test_a_route_that_no_bus_can_run_is_an_error_unless_it_may_be_dropped(client: Client, may_drop: bool) -> None:
    options = {"vehicle_types": [{"name": "van", "seats": 1}], "may_drop": may_drop}
    routes = [{**route, "capacity_needed": 9} for route in day(2)]
    answer = client.post("/v1/validate", json={"routes": routes, "options": options}).json()
    findings = [finding["message"] for finding in answer["findings"]]
    told, others = (answer["warnings"], findings) if may_drop else (findings, answer["warnings"])
    assert answer["valid"] is may_drop
    assert sum("can be run by no bus" in sentence for sentence in told) == 2
    assert not any("can be run by no bus" in sentence for sentence in others)


def test_a_route_that_no_bus_can_run_is_found_on_each_day_of_a_week(client: Client) -> None:
    routes = [{**route, "days": ["L", "M"]} for route in day(3)]
    routes[0] |= {"days": ["V"], "arrival_time": "05:00"}
    answer = client.post("/v1/validate", json={"routes": routes, "options": {"week": True}}).json()
    (finding,) = answer["findings"]
    assert finding["message"].startswith(f"Friday: route {routes[0]['id']} can't start at any minute")


def test_a_plan_is_checked_against_its_routes(client: Client) -> None:
    plan = submit(client, headers=WAIT).json()["plan"]
    assert client.post("/v1/validate", json={"routes": day(8), "plan": plan}).json()["valid"]
    plan["blocks"][0]["trips"][0]["start_min"] += 1
    broken = client.post("/v1/validate", json={"routes": day(8), "plan": plan}).json()
    assert not broken["valid"]
    assert broken["findings"][0]["path"].startswith("plan.blocks[0].trips[0]")


def test_the_service_says_that_it_lives_and_is_ready(client: Client) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_the_documentation_has_an_example_that_works(client: Client) -> None:
    body = client.get("/openapi.json").json()["paths"]["/v1/jobs"]["post"]["requestBody"]
    example = body["content"]["application/json"]["example"]
    assert client.post("/v1/jobs", json=example, headers=WAIT).json()["status"] == "completed"


PLACES = [
    "/",
    "/v1/jobs",
    "/v1/jobs/{}",
    "/v1/jobs/{}/plan",
    "/v1/jobs/{}/day",
    "/jobs/{}",
    "/health",
    "/livez",
    "/docs",
]


@pytest.mark.parametrize("place", PLACES)
def test_head_tells_of_everything_what_get_would(client: Client, place: str) -> None:
    path = place.format(submit(client, headers=WAIT).json()["id"])
    head, got = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "vary"):
        assert head.headers.get(name) == got.headers.get(name)
    assert "HEAD" in client.put(path).headers["Allow"]


def test_head_of_a_stream_is_its_head_alone_though_the_job_goes_on(client: Client) -> None:
    path = f"/v1/jobs/{submit(client, 2500).json()['id']}/events"
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    with client.stream("GET", path) as stream:
        for name in ("content-type", "content-length", "cache-control"):
            assert head.headers.get(name) == stream.headers.get(name)
    assert client.put(path).headers["Allow"] == "GET, HEAD"


def test_head_of_a_stream_of_which_all_is_known_says_so(client: Client) -> None:
    path = f"/v1/jobs/{submit(client, headers=WAIT).json()['id']}/events?after=1000"
    assert client.head(path).status_code == client.get(path).status_code == 204
