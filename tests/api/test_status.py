"""`/v1/status`: the service in one look."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.api.conftest import Client, Start, asked_in_time, until_one_runs
from tests.days import day
from tests.servers import free_port
from tutti.api.overview import Overview, Stored
from tutti.jobs.backlog import Backlog
from tutti.jobs.states import State
from tutti.settings import Settings

NO_PLAN = {"routes": day(2), "options": {"earliest_start": "23:59"}}


def test_a_service_with_nothing_to_do_needs_no_attention(client: Client) -> None:
    status = asked_in_time(client, "/v1/status")
    assert (status["attention"], status["failures"]) == ([], [])
    assert status["services"]["database"] == "ok"
    (queue,) = status["queues"]
    assert (queue["queue"], queue["queued"], queue["running"], queue["workers"]) == ("embedded", 0, 0, 1)


def test_a_job_that_failed_is_told_with_its_reason(client: Client) -> None:
    job = client.post("/v1/jobs", json=NO_PLAN, headers={"Prefer": "wait=60"}).json()
    (failure,) = asked_in_time(client, "/v1/status")["failures"]
    assert (failure["job_id"], failure["error"]["code"]) == (job["id"], "infeasible")


def test_a_job_that_was_given_up_needs_attention_for_a_while_and_one_that_has_no_plan_does_not(
    client: Client, settings: Settings
) -> None:
    job_id = client.post("/v1/jobs", json=NO_PLAN, headers={"Prefer": "wait=60"}).json()["id"]
    assert asked_in_time(client, "/v1/status")["attention"] == []
    with closing(sqlite3.connect(settings.data_dir / "tutti.db", isolation_level=None)) as store:
        store.execute("UPDATE jobs SET error_code = 'solver_killed'")
        (sentence,) = asked_in_time(client, "/v1/status")["attention"]
        assert sentence == f"a job was given up (solver_killed): tutti history {job_id} tells why"
        store.execute("UPDATE jobs SET ended_at = datetime(ended_at, '-16 minutes') || '.000000'")
    assert asked_in_time(client, "/v1/status")["attention"] == []


def test_jobs_that_run_are_told_of_those_who_run_them(client: Client) -> None:
    job_id = client.post("/v1/jobs", json=day(2500)).json()["id"]
    until_one_runs(client)
    status = asked_in_time(client, "/v1/status")
    assert [worker["running"] for worker in status["workers"]] == [1]
    assert [queue["running"] for queue in status["queues"]] == [1]
    client.delete(f"/v1/jobs/{job_id}")


def test_a_service_without_a_broker_serves_the_queues_of_workers_too(client: Client, settings: Settings) -> None:
    running, waiting = (client.post("/v1/jobs", json=day(2500)).json()["id"] for _ in range(2))
    with closing(sqlite3.connect(settings.data_dir / "tutti.db", isolation_level=None)) as store:
        store.execute("UPDATE jobs SET queue = 'large'")
    status = asked_in_time(client, "/v1/status")
    assert status["attention"] == []
    assert {queue["queue"]: queue["workers"] for queue in status["queues"]} == {"embedded": 1, "large": 1}
    for job_id in (waiting, running):
        client.delete(f"/v1/jobs/{job_id}")


def test_a_broker_that_is_away_needs_attention(start: Start, tmp_path: Path) -> None:
    away = f"redis://127.0.0.1:{free_port()}/0"
    status = start(Settings(data_dir=tmp_path, broker_url=away)).get("/v1/status").json()
    assert status["workers"] is None
    assert "the broker can't be reached" in status["attention"][0]


def test_a_job_that_waits_for_workers_who_could_not_be_asked_needs_attention() -> None:
    """As on a machine with too much to do: silence would say that all is well."""
    waiting = Backlog("small", State.QUEUED, 1, 0, 0, 0)
    seen = Overview({"redis": "ok"}, Stored([waiting], {}, [], has_room=True), None)
    told = ["it could not be asked in time who serves the queue small, in which a job waits"]
    assert list(seen.attention()) == told
    assert not list(Overview({"redis": "ok"}, Stored([], {}, [], has_room=True), None).attention())


def test_a_job_store_that_answers_too_late_is_not_said_to_be_away() -> None:
    (told,) = Overview({"database": "ok", "redis": "ok"}, None, {}).attention()
    assert "could not be read in time" in told


def test_the_rest_is_told_while_the_job_store_can_not_be_read(client: Client, settings: Settings) -> None:
    client.get("/livez")  # it has made its tables
    with closing(sqlite3.connect(settings.data_dir / "tutti.db")) as store:
        store.execute("ALTER TABLE jobs RENAME TO gone")
    answer = client.get("/v1/status")
    assert answer.status_code == 200
    status = answer.json()
    assert (status["queues"], status["failures"]) == (None, None)
    assert [worker["queues"] for worker in status["workers"]] == [["embedded"]]
    assert "the job store can't be read" in status["attention"][0]


def test_a_job_store_without_its_tables_is_not_ready_for_jobs(client: Client, settings: Settings) -> None:
    assert client.get("/readyz").status_code == 200
    with closing(sqlite3.connect(settings.data_dir / "tutti.db")) as store:
        store.execute("ALTER TABLE jobs RENAME TO gone")
    assert client.get("/readyz").status_code == 503
    assert client.get("/health").json()["services"]["database"] == "unavailable"
