"""Stores and the scaler are taken away under running jobs. Needs a cluster with KEDA; takes minutes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.conftest import Figures
from tests.e2e.releases import Release, run, until
from tests.e2e.scaled import least_replicas, running_jobs, whole_cluster

_AWAY_S = 40  # longer than KEDA's three polls and an HPA's two looks


@contextmanager
def without(namespace: str, workload: str) -> Iterator[None]:
    """A workload of one pod, away for the time of the block."""
    kubectl = ("kubectl", "--namespace", namespace)
    run(*kubectl, "scale", workload, "--replicas=0")
    try:
        yield
    finally:
        run(*kubectl, "scale", workload, "--replicas=1")
        run(*kubectl, "rollout", "status", workload, "--timeout=120s")


@pytest.mark.parametrize("store", ["postgresql", "redis"])
def test_no_worker_goes_while_a_store_is_away(scaled: Release, figures: Figures, store: str) -> None:
    with running_jobs(scaled, 2) as outcome:
        restarts = _restarts(scaled)
        with without(scaled.namespace, f"statefulset/tutti-{store}"):
            assert least_replicas(scaled, "large", _AWAY_S) >= 1
        assert _restarts(scaled) == restarts
    figures.add(f"{store} away for {_AWAY_S} s under 2 jobs", str(outcome))


@whole_cluster
def test_no_worker_goes_while_keda_is_away(scaled: Release, figures: Figures) -> None:
    with running_jobs(scaled, 2) as outcome, without("keda", "deployment/keda-operator"):
        assert least_replicas(scaled, "large", _AWAY_S) >= 1
    figures.add(f"KEDA away for {_AWAY_S} s under 2 jobs", str(outcome))


@pytest.mark.parametrize("refusal", ["NOLOGIN", "PASSWORD 'another'"])
def test_no_worker_goes_while_keda_may_not_log_in(scaled: Release, figures: Figures, refusal: str) -> None:
    def ask(statement: str) -> str:
        return scaled.kubectl("exec", "tutti-postgresql-0", "--", "psql", "-U", "tutti", "tutti", "-Atc", statement)

    kept = ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'tutti_demand'").strip()
    with running_jobs(scaled, 2) as outcome:
        ask(f"ALTER ROLE tutti_demand {refusal}")
        try:
            ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tutti_demand'")
            assert least_replicas(scaled, "large", _AWAY_S) >= 1
        finally:
            ask(f"ALTER ROLE tutti_demand LOGIN PASSWORD '{kept}'")
    figures.add(f"KEDA's role refused ({refusal}) for {_AWAY_S} s under 2 jobs", str(outcome))


def test_a_busy_pod_says_so_and_may_say_nothing_else(scaled: Release) -> None:
    def busy() -> list[str]:
        return [
            pod["metadata"]["name"]
            for pod in scaled.pods("worker-large")
            if pod["metadata"]["annotations"].get("controller.kubernetes.io/pod-deletion-cost") == "100"
        ]

    with running_jobs(scaled, 1):
        until(busy, "the pod says that it is busy")
        refused = scaled.kubectl("exec", busy()[0], "-c", "worker", "--", "python", "-c", _OVERSTEP)
    assert "a worker changes an annotation of its pod only" in refused
    until(lambda: not busy(), "the pod says that it is idle, or is gone")


_OVERSTEP = """
import os, ssl
from pathlib import Path
import httpx
account = Path("/var/run/secrets/kubernetes.io/serviceaccount")
host, namespace = os.environ["KUBERNETES_SERVICE_HOST"], (account / "namespace").read_text()
context = ssl.create_default_context(cafile=account / "ca.crt")
context.verify_flags &= ~ssl.VERIFY_X509_STRICT
answer = httpx.patch(
    f"https://{host}/api/v1/namespaces/{namespace}/pods/{os.environ['TUTTI_POD_NAME']}",
    json={"metadata": {"labels": {"mine": "now"}}}, verify=context, trust_env=False,
    headers={
        "Authorization": "Bearer " + (account / "token").read_text(),
        "Content-Type": "application/merge-patch+json",
    },
)
print(answer.status_code, answer.text)
"""


def _restarts(release: Release) -> int:
    pods = json.loads(release.kubectl("get", "pods", "-o", "json"))["items"]
    statuses = [one for pod in pods for one in pod["status"].get("containerStatuses", [])]
    return sum(one["restartCount"] for one in statuses if one["name"] in ("api", "worker", "flower"))
