"""The surface kept for clients of the prior system: names, shapes and codes."""

import pytest

from tests.api.conftest import Client, asked_in_time
from tests.days import day

QUEUED = {"Prefer": "respond-async"}


def test_routes_are_planned_in_the_request(client: Client) -> None:
    answer = client.post("/optimize-async", json=day(8))
    body = answer.json()
    assert answer.status_code == 200
    assert (body["status"], body["task_id"]) == ("completed", None)
    assert body["websocket_url"] == f"/ws/optimize/{body['job_id']}"
    assert body["result"]["stats"] == body["stats"]
    assert body["stats"]["total_routes"] == 8


def test_a_client_that_prefers_it_gets_a_queued_job_and_polls(client: Client) -> None:
    job_id = client.post("/optimize-async", json=day(8), headers=QUEUED).json()["job_id"]
    client.get(f"/v1/jobs/{job_id}")
    status = ""
    while status not in ("completed", "failed"):
        status = client.get(f"/jobs/{job_id}").json()["status"]
    result = client.get(f"/jobs/{job_id}/result").json()
    assert result["status"] == "completed"
    assert result["stats"] == result["result"]["stats"]
    items = [item for bus in result["result"]["schedule"] for item in bus["items"]]
    assert len(items) == 8


def test_a_job_shows_its_state(client: Client) -> None:
    job_id = client.post("/optimize-async", json=day(8)).json()["job_id"]
    job = client.get(f"/jobs/{job_id}").json()
    assert set(job) == {
        "job_id",
        "status",
        "algorithm",
        "created_at",
        "started_at",
        "completed_at",
        "error",
        "progress",
    }
    assert job["completed_at"] >= job["started_at"] >= job["created_at"]


def test_a_result_that_is_not_there_yet_is_the_status_alone(client: Client) -> None:
    for _ in range(2):  # the second one waits for the first
        job_id = client.post("/optimize-async", json=day(2500), headers=QUEUED).json()["job_id"]
    answer = client.get(f"/jobs/{job_id}/result")
    assert answer.status_code == 200
    assert set(answer.json()) == {"job_id", "status"}


def test_a_job_is_cancelled_once(client: Client) -> None:
    job_id = client.post("/optimize-async", json=day(2500), headers=QUEUED).json()["job_id"]
    first = client.delete(f"/jobs/{job_id}")
    assert (first.status_code, first.json()["status"], first.json()["job_id"]) == (200, "cancelled", job_id)
    assert client.get(f"/jobs/{job_id}").json()["status"] == "cancelled"
    assert client.delete(f"/jobs/{job_id}").status_code == 400


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/jobs/none"), ("GET", "/jobs/none/result"), ("DELETE", "/jobs/none")]
)
def test_an_unknown_job_is_a_404(client: Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 404
    assert "none" in answer.json()["detail"]


def test_bad_routes_are_a_422_with_the_place_of_each_finding(client: Client) -> None:
    routes = day(3)
    del routes[0]["stops"]
    routes[2]["stops"][1]["lat"] = 95
    answer = client.post("/optimize-async", json=routes)
    assert answer.status_code == 422
    places = [finding["loc"] for finding in answer.json()["detail"]]
    assert ["body", "routes", 2, "stops", 1, "lat"] in places
    assert any(place[:3] == ["body", "routes", 0] for place in places)


def test_an_empty_list_is_a_422(client: Client) -> None:
    assert client.post("/optimize-async", json=[]).status_code == 422


def test_tasks_are_a_503_without_celery(client: Client) -> None:
    assert client.get("/tasks/any").status_code == 503


def test_health_names_every_service(client: Client) -> None:
    body = asked_in_time(client, "/health")
    assert (body["status"], body["service"], body["celery"]) == ("ok", "tutti-backend", "disabled")
    assert body["services"] == {"database": "ok", "celery": "disabled", "redis": "disabled"}
    assert body["version"]
