"""A fresh release plans."""

import base64
import json
import subprocess

import httpx
import pytest
from websockets.sync.client import connect

from tests.e2e.conftest import HAS_METRICS, METRICS, Figures
from tests.e2e.days import EXAMPLE
from tests.e2e.releases import Release, until
from tutti.fleet.document import plan_document
from tutti.fleet.generate import generate_day
from tutti.fleet.reading import read_day
from tutti.optimizer import solve


def test_the_plan_is_the_librarys(release: Release) -> None:
    day = read_day(EXAMPLE)
    result = solve(day.problem(), seed=day.options.seed)
    expected = plan_document(day, result.plan, result.certificate)
    with release.client() as client:
        planned = client.plan(client.wait(client.submit(EXAMPLE).id).id)
    assert planned.document["kpis"] == expected["kpis"]
    assert planned.document["blocks"] == expected["blocks"]
    assert planned.certificate.status == result.certificate.status


def test_progress_comes_over_the_websocket(release: Release) -> None:
    with release.forward() as place, httpx.Client(base_url=f"http://{place}") as http:
        job = http.post("/optimize-async", json=generate_day(1500)["routes"]).json()
        with connect(f"ws://{place}/ws/optimize/{job['job_id']}?after=0", max_size=None) as socket:
            kinds = []
            while "completed" not in kinds:
                kinds.append(json.loads(socket.recv(timeout=60))["type"])
    assert "progress" in kinds


def test_large_and_small_days_are_planned_by_their_own_workers(release: Release) -> None:
    with release.client() as client:
        for routes in (20, 301):
            assert client.wait(client.submit(generate_day(routes, seed=1)).id).status == "completed"


def test_helm_test_passes(release: Release) -> None:
    assert "Succeeded" in release.helm("test", release.name, "--timeout", "120s")


@pytest.mark.parametrize(("path", "status"), [("/healthcheck", 200), ("/workers", 401)])
def test_flower_asks_for_its_password_except_for_its_health(release: Release, path: str, status: int) -> None:
    with release.forward("flower", 5555) as place:
        assert httpx.get(f"http://{place}{path}").status_code == status


def test_flower_shows_the_workers_of_every_group_to_who_has_its_password(release: Release) -> None:
    secret = json.loads(release.kubectl("get", "secret", "tutti-secrets", "-o", "json"))["data"]["flower-password"]
    login = ("tutti", base64.b64decode(secret).decode())
    pods = [pod["metadata"]["name"] for group in ("small", "large") for pod in release.pods(f"worker-{group}")]
    with release.forward("flower", 5555) as place:

        def shown() -> set[str]:
            workers = httpx.get(f"http://{place}/workers", params={"json": 1}, auth=login).raise_for_status().json()
            return {worker["hostname"].partition("@")[2] for worker in workers["data"] if worker["status"]}

        until(lambda: set(pods) <= shown(), f"Flower shows {pods}")


def in_mib(memory: str) -> float:
    """An amount of memory as Kubernetes writes it: in the largest unit that leaves it whole, so 72Mi but 73729Ki."""
    return int(memory[:-2]) * {"Ki": 1 / 1024, "Mi": 1, "Gi": 1024}[memory[-2:]]


def test_no_pod_takes_half_of_its_memory_when_all_is_planned(release: Release, figures: Figures) -> None:
    if subprocess.run(HAS_METRICS, capture_output=True, check=False).returncode:
        pytest.skip("the cluster has no metrics-server")

    def taken_mib() -> dict[str, float]:
        answer = json.loads(release.kubectl("get", "--raw", f"{METRICS}/namespaces/{release.namespace}/pods"))
        parts = [(pod["metadata"]["name"], part) for pod in answer["items"] for part in pod["containers"]]
        return {name: in_mib(part["usage"]["memory"]) for name, part in parts}

    pods = release.objects("pods", "--field-selector=status.phase=Running")
    limits = {pod["metadata"]["name"]: pod["spec"]["containers"][0]["resources"]["limits"]["memory"] for pod in pods}
    until(lambda: limits.keys() <= taken_mib().keys(), "metrics-server knows every pod")
    taken = {name: round(mib) for name, mib in taken_mib().items() if name in limits}
    figures.add("memory of a release at rest", f"{sum(taken.values())} MiB in {len(taken)} pods: {taken}")
    assert [name for name, mib in taken.items() if mib > in_mib(limits[name]) / 2] == []
