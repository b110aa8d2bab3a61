"""Workers that come and go with the jobs. Needs a cluster with KEDA."""

import json
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Figures
from tests.e2e.days import EXAMPLE, endless_day
from tests.e2e.releases import CHART, Release, namespace, until
from tutti import Client
from tutti.client import Job, UnavailableError, UnreachableError

KEDA = CHART / "ci/keda-values.yaml"
_HAS_KEDA = ["kubectl", "get", "crd", "scaledobjects.keda.sh"]


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    if subprocess.run(_HAS_KEDA, capture_output=True, check=False).returncode:
        pytest.skip("the cluster has no KEDA")
    with namespace() as name:
        scaled = Release(name)
        scaled.install(KEDA)
        yield scaled


def replicas(release: Release, group: str) -> int:
    (deployment,) = release.objects("deployments", "-l", f"app.kubernetes.io/component=worker-{group}")
    count: int = deployment["spec"]["replicas"]
    return count


def status(client: Client, job: Job) -> str:
    """A job's status, or that it can't be had just now."""
    try:
        return client.job(job.id).status
    except (UnavailableError, UnreachableError):
        return "not to be had"


def started_pods(release: Release, group: str) -> int:
    return sum(pod["status"]["phase"] == "Running" for pod in release.pods(f"worker-{group}"))


def test_a_job_wakes_a_group_that_has_no_pod(release: Release, figures: Figures) -> None:
    until(lambda: replicas(release, "small") == 0 and not release.pods("worker-small"), "the group sleeps")
    with release.client() as client:
        began = time.monotonic()
        job = client.submit(EXAMPLE)
        steps = []
        for what, happened in (
            ("scaled", lambda: replicas(release, "small")),
            ("pod runs", lambda: started_pods(release, "small")),
            ("solving", lambda: status(client, job) != "queued"),
        ):
            until(happened, what)
            steps.append(f"{what} {time.monotonic() - began:.1f} s")
        figures.add("from zero, after submit", ", ".join(steps))
        assert client.wait(job.id).status == "completed"


def test_pods_follow_the_jobs_up_and_down(release: Release) -> None:
    with release.client() as client:
        jobs = [client.submit(endless_day()) for _ in range(4)]
        until(lambda: replicas(release, "large") == 2, "two pods of two slots for four jobs")
        for job in jobs:
            client.cancel(job.id)
        until(lambda: replicas(release, "large") == 0, "no pod for no job")


def test_the_scalers_role_reads_the_demand_and_nothing_else(release: Release) -> None:
    def ask(table: str) -> str:
        query = f"SELECT count(*) FROM {table}"
        script = f"PGPASSWORD=$DEMAND psql -h 127.0.0.1 -U tutti_demand -d tutti -tAc '{query}' 2>&1 || true"
        encoded = release.kubectl("get", "secret", "tutti-secrets", "-o", "jsonpath={.data.demand-password}")
        decode = f"DEMAND=$(echo {encoded} | base64 -d)"
        return release.kubectl("exec", "tutti-postgresql-0", "--", "bash", "-c", f"{decode}; {script}")

    assert ask("queue_demand").strip().isdigit()
    assert "permission denied" in ask("jobs")
    assert "permission denied" in ask("job_payloads")


def test_an_evicted_worker_hands_its_job_over(release: Release, figures: Figures) -> None:
    """As by a drain of its node, or by a spot instance's notice."""
    with release.client() as client:
        job = client.submit(endless_day())
        until(lambda: status(client, job) == "running", "the job runs")
    evicted = [pod["metadata"]["name"] for pod in release.pods("worker-large")]
    for name in evicted:
        place = f"/api/v1/namespaces/{release.namespace}/pods/{name}/eviction"
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
        release.kubectl("create", "--raw", place, "-f", "-", given=json.dumps(body))

    def gone() -> bool:
        return not {pod["metadata"]["name"] for pod in release.objects("pods")} & set(evicted)

    waited = until(gone, "the evicted pods are gone", 60)
    figures.add("an evicted busy worker is gone after", f"{waited:.1f} s")
    with release.client() as client:
        until(lambda: status(client, job) == "running", "the job runs elsewhere")
        client.stop(job.id)
        assert client.wait(job.id).status == "completed"
