"""Workers that come and go with the jobs. Needs a cluster with KEDA."""

import time

import pytest

from tests.e2e.conftest import Figures
from tests.e2e.days import EXAMPLE, long_week
from tests.e2e.releases import Release, until
from tests.e2e.scaled import replicas, status
from tutti.client import RefusedError
from tutti.fleet.generate import generate_day


def started_pods(release: Release, group: str) -> int:
    return sum(pod["status"]["phase"] == "Running" for pod in release.pods(f"worker-{group}"))


def test_a_job_wakes_a_group_that_has_no_pod(scaled: Release, figures: Figures) -> None:
    until(lambda: replicas(scaled, "small") == 0 and not scaled.pods("worker-small"), "the group sleeps")
    with scaled.client() as client:
        began = time.monotonic()
        job = client.submit(EXAMPLE)
        steps = []
        for what, happened in (
            ("scaled", lambda: replicas(scaled, "small")),
            ("pod runs", lambda: started_pods(scaled, "small")),
            ("solving", lambda: status(client, job) != "queued"),
        ):
            until(happened, what)
            steps.append(f"{what} {time.monotonic() - began:.1f} s")
        figures.add("from zero, after submit", ", ".join(steps))
        assert client.wait(job.id).status == "completed"


def test_pods_follow_the_jobs_up_and_down(scaled: Release) -> None:
    with scaled.client() as client:
        jobs = [client.submit(long_week()) for _ in range(4)]
        until(lambda: replicas(scaled, "large") == 2, "two pods of two slots for four jobs")
        for job in jobs:
            client.cancel(job.id)
        until(lambda: replicas(scaled, "large") == 0, "no pod for no job")


def test_a_day_that_no_group_has_memory_for_is_refused_with_the_limit(scaled: Release) -> None:
    with scaled.client() as client, pytest.raises(RefusedError, match="limit of 3000 a job") as refused:
        client.submit(generate_day(3001))
    assert refused.value.status == 413


def test_the_scalers_role_reads_the_demand_and_nothing_else(scaled: Release) -> None:
    def ask(table: str) -> str:
        query = f"SELECT count(*) FROM {table}"
        script = f"PGPASSWORD=$DEMAND psql -h 127.0.0.1 -U tutti_demand -d tutti -tAc '{query}' 2>&1 || true"
        encoded = scaled.kubectl("get", "secret", "tutti-secrets", "-o", "jsonpath={.data.demand-password}")
        decode = f"DEMAND=$(echo {encoded} | base64 -d)"
        return scaled.kubectl("exec", "tutti-postgresql-0", "--", "bash", "-c", f"{decode}; {script}")

    assert ask("queue_demand").strip().isdigit()
    assert "permission denied" in ask("jobs")
    assert "permission denied" in ask("job_payloads")


def test_an_evicted_worker_hands_its_job_over(scaled: Release, figures: Figures) -> None:
    """As by a drain of its node, or by a spot instance's notice."""
    with scaled.client() as client:
        job = client.submit(long_week())
        until(lambda: status(client, job) == "running", "the job runs")
    evicted = [pod["metadata"]["name"] for pod in scaled.pods("worker-large")]
    for name in evicted:
        scaled.evict(name)

    def gone() -> bool:
        return not {pod["metadata"]["name"] for pod in scaled.objects("pods")} & set(evicted)

    waited = until(gone, "the evicted pods are gone", 60)
    figures.add("an evicted busy worker is gone after", f"{waited:.1f} s")
    with scaled.client() as client:
        until(lambda: status(client, job) == "running", "the job runs elsewhere")
        client.stop(job.id)
        assert client.wait(job.id).status == "completed"
