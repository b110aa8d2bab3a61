"""`/metrics` as Prometheus reads it."""

from prometheus_client.parser import text_string_to_metric_families

from tests.api.conftest import Client, Start, until_one_runs
from tests.days import day
from tutti.settings import Settings

QUEUED = {"Prefer": "respond-async"}


def told(client: Client, name: str, **labels: str) -> float:
    """The value of a metric; 0 if it is not there. Its families must be there once each."""
    families = list(text_string_to_metric_families(client.get("/metrics").text))
    assert len({family.name for family in families}) == len(families)
    samples = [sample for family in families for sample in family.samples]
    return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())


def test_what_happens_to_jobs_is_counted(client: Client) -> None:
    before = told(client, "tutti_job_events_total", queue="embedded", kind="completed")
    client.post("/v1/jobs", json=day(4), headers={"Prefer": "wait=60"})
    assert told(client, "tutti_job_events_total", queue="embedded", kind="completed") == before + 1
    assert told(client, "tutti_solve_seconds_count", queue="embedded") > 0
    assert told(client, "tutti_solve_gap_bucket", queue="embedded", le="0.0") > 0
    assert told(client, "tutti_solve_memory_bytes_sum", queue="embedded") > 10_000_000
    assert told(client, "tutti_ended_jobs_total", queue="embedded", outcome="in_time") > 0
    assert told(client, "tutti_build_info") == 1


def test_jobs_that_wait_and_run_are_told_by_queue_and_state(client: Client) -> None:
    for _ in range(3):
        client.post("/optimize-async", json=day(2500), headers=QUEUED)
    until_one_runs(client)
    assert told(client, "tutti_jobs", queue="embedded", state="running") == 1
    assert told(client, "tutti_jobs", queue="embedded", state="queued") == 2
    assert told(client, "tutti_oldest_job_seconds", state="queued") > 0
    assert told(client, "tutti_store_up") == 1


def test_a_queue_without_jobs_is_told_as_empty(client: Client) -> None:
    lines = client.get("/metrics").text.splitlines()
    assert [line for line in lines if line.startswith("tutti_jobs{")] == [
        'tutti_jobs{queue="embedded",state="queued"} 0.0',
        'tutti_jobs{queue="embedded",state="running"} 0.0',
    ]


def test_answers_are_counted_by_the_template_of_their_route(client: Client) -> None:
    labels = {"method": "GET", "route": "/v1/jobs/{job_id}", "status": "404"}
    before = told(client, "tutti_http_answer_seconds_count", **labels)
    for job_id in ("one", "two"):
        client.get(f"/v1/jobs/{job_id}")
    client.request("WHATEVER", "/somewhere/else")
    assert told(client, "tutti_http_answer_seconds_count", **labels) == before + 2
    assert told(client, "tutti_http_answer_seconds_count", method="other", route="none") > 0


def test_clients_that_follow_a_job_are_counted_while_they_do(client: Client) -> None:
    job_id = client.post("/v1/jobs", json=day(2500)).json()["id"]
    with client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        lines = answer.iter_lines()
        next(lines)
        assert told(client, "tutti_watchers", way="sse") == 1
    client.delete(f"/v1/jobs/{job_id}")


def test_metrics_are_told_while_the_job_store_is_away(start: Start, settings: Settings) -> None:
    client = start(settings)
    assert client.get("/livez").is_success  # it has made its tables
    settings.data_dir.joinpath("tutti.db").write_bytes(b"no database" * 1000)
    settings.data_dir.joinpath("tutti.db-wal").write_bytes(b"")
    assert client.get("/metrics").status_code == 200
