"""What the chart gives to those who watch: under a Prometheus in the cluster. Needs KEDA and TUTTI_PROMETHEUS_IMAGE."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial

import httpx
import pytest
from charts.dashboard import queries

from tests.e2e.conftest import Figures
from tests.e2e.days import EXAMPLE, long_week
from tests.e2e.releases import CHART, Release, namespace, until
from tests.e2e.scaled import status
from tests.e2e.watching import IMAGE, INTERVAL_S, prometheus_beside
from tests.monitoring.alerts import expressions
from tests.monitoring.prometheus import Prometheus

pytestmark = pytest.mark.skipif(not IMAGE, reason="TUTTI_PROMETHEUS_IMAGE names no image; see make e2e-monitoring")
_KILL_SOLVERS = """
import os, pathlib, signal
for process in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        if b"tutti.execution.solver_main" in (process / "cmdline").read_bytes() and int(process.name) != os.getpid():
            os.kill(int(process.name), signal.SIGKILL)
    except OSError:
        pass
"""


@pytest.fixture(scope="module")
def watched() -> Iterator[tuple[Release, Prometheus]]:
    """A release that guards its API and lets its Prometheus in, scaled by KEDA; that Prometheus."""
    with namespace() as home, namespace() as place:
        release = Release(home)
        peers = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": place}}}]
        monitoring = {
            "monitors": {"enabled": True, "intervalSeconds": INTERVAL_S},
            "alerts": {"enabled": True},
            "dashboard": {"enabled": True},
            "scrapers": peers,
        }
        values = {"monitoring": monitoring, "networkPolicy": {"apiFrom": [{"podSelector": {}}]}}
        release.install(CHART / "ci/keda-values.yaml", values=values)
        release.kubectl("wait", "--for=condition=Ready", "scaledobject", "--all", "--timeout=400s")
        with prometheus_beside(release, place) as prometheus:
            yield release, prometheus


def kill_solvers(release: Release) -> None:
    """In all pods of the group large, which may be about to go."""
    for pod in release.pods("worker-large"):
        with suppress(AssertionError):
            release.kubectl("exec", pod["metadata"]["name"], "--", "python", "-c", _KILL_SOLVERS)


def follow(place: str, job_id: str) -> None:
    """As a client that watches a job, until that ends."""
    with suppress(httpx.HTTPError), httpx.stream("GET", f"http://{place}/v1/jobs/{job_id}/events") as answer:
        for _ in answer.iter_lines():
            pass


def test_what_dashboard_and_alerts_ask_is_told_under_load(watched: tuple[Release, Prometheus]) -> None:
    """Under jobs that end, one whose solvers are killed until it is given up, and one that somebody follows."""
    release, prometheus = watched
    waiting = {
        *queries(),
        *(name for asked in expressions() for name in re.findall(r"\b(?:tutti|keda)\w+(?=\{)", asked)),
    }

    def told() -> bool:
        nonlocal waiting
        waiting = {asked for asked in waiting if not prometheus.answer(asked)}
        return not waiting

    with release.forward() as place, release.client() as client:
        poison = client.submit(long_week())

        def given_up() -> bool:
            told()
            if status(client, poison) == "running":
                kill_solvers(release)
            return status(client, poison) == "failed"

        until(given_up, "the job is given up")
        until(lambda: "TuttiJobsGivenUp" in prometheus.firing(), "the alert fires", 60)
        running = client.submit(long_week(1))
        for _ in range(3):
            client.submit(EXAMPLE)
        threading.Thread(target=follow, args=(place, running.id), daemon=True).start()
        with suppress(AssertionError):  # what is not told is named below
            until(told, "all is told", 120)
        client.cancel(running.id)
    assert waiting == set()


def test_every_pod_that_tells_is_scraped_and_every_rule_is_evaluated(watched: tuple[Release, Prometheus]) -> None:
    release, prometheus = watched
    with release.client() as client:
        job = client.submit(long_week())
        until(lambda: status(client, job) == "running", "a worker runs")

        def silent() -> set[str]:
            up = {one["labels"].get("pod") for one in prometheus.targets() if one["health"] == "up"}
            return {pod["metadata"]["name"] for part in ("api", "worker-large") for pod in release.pods(part)} - up

        until(lambda: not silent(), f"all are scraped, {silent()} too", 60)
        client.cancel(job.id)
    until(lambda: all(rule["health"] != "unknown" for rule in prometheus.rules()), "all rules are evaluated", 120)
    assert [rule["lastError"] for rule in prometheus.rules() if rule["health"] != "ok"] == []


@contextmanager
def no_pod_for_a_job(release: Release) -> Iterator[None]:
    """As by a limit of KEDA's, or an image that can't be had."""
    scaled = ("annotate", "scaledobject/tutti-worker-large", "--overwrite")
    release.kubectl(*scaled, "autoscaling.keda.sh/paused-replicas=0")
    with release.client() as client:
        job = client.submit(long_week())
        yield
        client.cancel(job.id)
    release.kubectl(*scaled, "autoscaling.keda.sh/paused-replicas-")


@contextmanager
def gone(part: str, release: Release) -> Iterator[None]:
    """A Deployment or StatefulSet of one pod without it."""
    release.kubectl("scale", part, "--replicas=0")
    yield
    release.kubectl("scale", part, "--replicas=1")
    release.kubectl("rollout", "status", part, "--timeout=240s")


@pytest.mark.parametrize(
    ("harm", "alerts"),
    [
        (no_pod_for_a_job, {"TuttiNoWorker"}),
        (
            partial(gone, "statefulset/tutti-postgresql"),
            {"TuttiJobStoreAway", "TuttiCircuitOpen", "TuttiScalerErrors"},
        ),
        (partial(gone, "statefulset/tutti-redis"), {"TuttiBrokerAway"}),
        (partial(gone, "deployment/tutti-api"), {"TuttiNotScraped"}),
    ],
    ids=["no pod for a job", "no PostgreSQL", "no Redis", "no API"],
)
def test_harm_raises_its_alerts(
    watched: tuple[Release, Prometheus],
    harm: Callable[[Release], AbstractContextManager[None]],
    alerts: set[str],
    figures: Figures,
) -> None:
    release, prometheus = watched
    until(lambda: not alerts & prometheus.firing().keys(), f"none of {alerts} fires yet")
    with harm(release):
        waited = until(lambda: alerts <= prometheus.firing().keys(), f"{alerts} fire", 120)
    figures.add(f"{', '.join(sorted(alerts))} fire after (without their `for`)", f"{waited:.0f} s")
