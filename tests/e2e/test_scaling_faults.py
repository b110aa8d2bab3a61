"""Pods, nodes, stores and the scaler are taken away under running jobs. Needs a cluster with KEDA; takes minutes."""

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.conftest import Figures
from tests.e2e.releases import CHART, Release, run, until
from tests.e2e.scaled import bound_pods, least_replicas, replicas, running_jobs

SCALED_BY = CHART / "ci/keda-values.yaml"
_AWAY_S = 40  # longer than KEDA's three polls and an HPA's two looks
whole_cluster = pytest.mark.skipif(
    not os.environ.get("TUTTI_WHOLE_CLUSTER"),
    reason="changes what others on the cluster use; set TUTTI_WHOLE_CLUSTER where nobody else does",
)
CRASH, RESTORE = os.environ.get("TUTTI_CRASH_NODE"), os.environ.get("TUTTI_RESTORE_NODE")


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


def test_no_worker_goes_for_a_password_that_is_wrong(scaled: Release, figures: Figures) -> None:
    def ask(statement: str) -> None:
        scaled.kubectl("exec", "tutti-postgresql-0", "--", "psql", "-U", "tutti", "tutti", "-c", statement)

    with running_jobs(scaled, 2) as outcome:
        ask("ALTER ROLE tutti_demand NOLOGIN")
        try:
            ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tutti_demand'")
            assert least_replicas(scaled, "large", _AWAY_S) >= 1
        finally:
            ask("ALTER ROLE tutti_demand LOGIN")
    figures.add(f"KEDA's role refused for {_AWAY_S} s under 2 jobs", str(outcome))


def test_scale_in_under_running_jobs_loses_none(scaled: Release, figures: Figures) -> None:
    with running_jobs(scaled, 6) as outcome:
        bound_pods(scaled, "large", 1)
        took = until(lambda: len(_names(scaled)) == 1, "one pod is left, and the others have ended")
        bound_pods(scaled, "large", 4)
    figures.add("3 pods to 1 under 6 jobs", f"within {took:.0f} s; {outcome}")
    assert outcome.attempts == 1


def test_new_workers_take_over_from_old_ones(scaled: Release, figures: Figures) -> None:
    with running_jobs(scaled, 4) as outcome:
        before = _names(scaled)
        scaled.install(SCALED_BY, values={"workerDefaults": {"pod": {"annotations": {"change": "workers"}}}})
        until(lambda: not before & _names(scaled), "the old pods have ended")
    figures.add("helm upgrade of all workers under 4 jobs", str(outcome))
    assert outcome.attempts == 1


@whole_cluster
def test_a_drain_ends_within_the_grace(scaled: Release, figures: Figures) -> None:
    """kubectl drain chooses pods by labels over all namespaces, so this cordons the node and evicts its own alone."""
    with running_jobs(scaled, 2) as outcome:
        node = scaled.pods("worker-large")[0]["spec"]["nodeName"]
        there = {pod["metadata"]["name"] for pod in scaled.pods("worker-large") if pod["spec"].get("nodeName") == node}
        run("kubectl", "cordon", node)
        try:
            for name in there:
                scaled.evict(name)
            took = until(lambda: not there & _names(scaled), "the evicted pods have ended", 30)
        finally:
            run("kubectl", "uncordon", node)
    figures.add("drain of a node with a busy worker", f"within {took:.0f} s; {outcome}")
    assert outcome.attempts == 1


@pytest.mark.skipif(not (CRASH and RESTORE), reason="TUTTI_CRASH_NODE and TUTTI_RESTORE_NODE name no commands")
def test_jobs_of_a_node_that_crashed_run_on_elsewhere(scaled: Release, figures: Figures) -> None:
    try:
        with running_jobs(scaled, 4) as outcome:
            run(*shlex.split(CRASH or ""))
    finally:
        run(*shlex.split(RESTORE or ""))
    figures.add("a node's crash under 4 jobs", str(outcome))


def test_a_busy_pod_says_so_and_may_say_nothing_else(scaled: Release) -> None:
    def cost() -> str | None:
        annotations: dict[str, str] = scaled.pods("worker-large")[0]["metadata"]["annotations"]
        return annotations.get("controller.kubernetes.io/pod-deletion-cost")

    with running_jobs(scaled, 1):
        until(lambda: cost() == "100", "the pod says that it is busy")
        pod = scaled.pods("worker-large")[0]["metadata"]["name"]
        refused = scaled.kubectl("exec", pod, "-c", "worker", "--", "python", "-c", _OVERSTEP)
    assert "a worker changes an annotation of its pod only" in refused
    until(lambda: replicas(scaled, "large") == 0 or cost() == "0", "the pod says that it is idle, or is gone")


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


def _names(release: Release) -> set[str]:
    """Pods that run large jobs, those about to end among them: until then their jobs count as running."""
    pods = release.objects("pods", "-l", "app.kubernetes.io/component=worker-large")
    return {pod["metadata"]["name"] for pod in pods}


def _restarts(release: Release) -> int:
    pods = json.loads(release.kubectl("get", "pods", "-o", "json"))["items"]
    statuses = [one for pod in pods for one in pod["status"].get("containerStatuses", [])]
    return sum(one["restartCount"] for one in statuses if one["name"] in ("api", "worker", "flower"))
