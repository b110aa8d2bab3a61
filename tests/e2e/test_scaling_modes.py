"""The other ways to scale, and the most slots of all groups together. Needs KEDA and metrics-server; takes minutes."""

import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import HAS_KEDA, HAS_METRICS, Figures
from tests.e2e.days import long_week, wide_day
from tests.e2e.releases import CHART, PRODUCTION, ROOT, Release, namespace, run, until
from tests.e2e.scaled import names, replicas, running_jobs, status
from tutti.client import JobStatus

# The scaler leaves out of account what a pod took while it started, and goes down by half of the pods a minute.
_PATIENCE_S = 400
_LOOKS_S = 40  # over two looks of an HPA


@contextmanager
def installed(file: str, values: Mapping[str, Any]) -> Iterator[Release]:
    with namespace() as name:
        release = Release(name)
        release.install(CHART / "ci" / file, values=values)
        yield release


def percent_in_use(release: Release) -> int | None:
    """How much the group large uses of the CPU that it asks for, as the scaler knows; None while it does not."""
    (scaler,) = release.objects("hpa", "-l", "app.kubernetes.io/component=worker-large")
    metrics = scaler["status"].get("currentMetrics") or [{}]
    percent: int | None = metrics[0].get("resource", {}).get("current", {}).get("averageUtilization")
    return percent


def test_by_cpu_pods_come_with_the_work_and_go_with_it(figures: Figures) -> None:
    if subprocess.run(HAS_METRICS, capture_output=True, check=False).returncode:
        pytest.skip("the cluster has no metrics-server")
    asked = {"resources": {"requests": {"cpu": "200m", "memory": "128Mi"}}}
    values = {"autoscaling": {"scaleDownSeconds": 15}, "workers": {"large": {**asked, "maxReplicas": 2}}}
    with installed("hpa-values.yaml", values) as release, release.client() as client:
        until(lambda: percent_in_use(release) in range(20), "what starting took is over", _PATIENCE_S)
        until(lambda: replicas(release, "large") == 1, "one pod to begin with", _PATIENCE_S)
        job = client.submit(long_week())
        up_s = until(lambda: replicas(release, "large") == 2, "a second pod for one busy solver", _PATIENCE_S)
        assert status(client, job) == JobStatus.RUNNING
        client.cancel(job.id)
        down_s = until(lambda: replicas(release, "large") == 1, "one pod for no job", _PATIENCE_S)
    figures.add("scaled by CPU", f"1 to 2 pods after {up_s:.0f} s, back after {down_s:.0f} s")


def test_by_the_brokers_lists_pods_come_with_what_waits(figures: Figures) -> None:
    if subprocess.run(HAS_KEDA, capture_output=True, check=False).returncode:
        pytest.skip("the cluster has no KEDA")
    with installed("keda-values.yaml", {"autoscaling": {"source": "redis-list"}}) as release:
        release.kubectl("wait", "--for=condition=Ready", "scaledobject", "--all", f"--timeout={_PATIENCE_S}s")
        until(lambda: replicas(release, "large") == 0, "the group sleeps", _PATIENCE_S)
        with release.client() as client:
            jobs = [client.submit(long_week()) for _ in range(6)]  # lists forget a job that runs: two of them, soon
            up_s = until(lambda: replicas(release, "large") >= 2, "two pods of two slots for four jobs that wait")
            until(lambda: JobStatus.RUNNING in {status(client, job) for job in jobs}, "a job runs")
            for job in jobs:
                client.cancel(job.id)
            down_s = until(lambda: replicas(release, "large") == 0, "no pod for no message", _PATIENCE_S)
    figures.add("scaled by the broker's lists", f"2 pods after {up_s:.0f} s, 0 again after {down_s:.0f} s")


def test_the_pods_that_run_stay_when_keda_takes_over_as_the_docs_say() -> None:
    if subprocess.run(HAS_KEDA, capture_output=True, check=False).returncode:
        pytest.skip("the cluster has no KEDA")
    (commands,) = re.findall(
        r"^    kubectl .*\n(?:    .*\n)*?    helm upgrade .*keda.*$", PRODUCTION.read_text(), re.MULTILINE
    )
    alike = {"idleFirst": {"enabled": False}}  # which would make other pods
    unscaled = {"autoscaling": {"mode": "none", **alike}, "workers": {"large": {"replicas": 2, "minReplicas": 0}}}
    with installed("keda-values.yaml", unscaled) as release, running_jobs(release, 4) as outcome:
        before = names(release)
        run("sh", "-ec", f"cd {ROOT}; {commands}".replace("-n tutti ", f"-n {release.namespace} "))
        until(lambda: replicas(release, "small") == 0, "KEDA scales")
        assert names(release) == before
    assert outcome.waits_s == []


def test_all_groups_together_have_no_more_slots_than_they_may(scaled: Release) -> None:
    values = yaml.safe_load((CHART / "ci/keda-values.yaml").read_text())
    slots, most = values["workerDefaults"]["concurrency"], values["autoscaling"]["maxSlots"]
    with scaled.client() as client:
        days = [day for seed in range(10) for day in (wide_day(200, seed), long_week(seed))]
        jobs = [client.submit(day) for day in days]

        def running() -> int:
            return sum(status(client, job) == JobStatus.RUNNING for job in jobs)

        until(lambda: running() == most, "as many jobs run as may")
        ends = time.monotonic() + _LOOKS_S
        while time.monotonic() < ends:
            assert slots * sum(replicas(scaled, group) for group in ("small", "large")) == most
            assert running() <= most
            time.sleep(2)
        for job in jobs:
            client.cancel(job.id)
