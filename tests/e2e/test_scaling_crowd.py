"""Five pods with all the jobs that they take are taken away, one way after the other. Needs KEDA; takes minutes.

TUTTI_CROWD says how many jobs, 10 unless set. TUTTI_LOST_NODE names a node that may be lost; TUTTI_CRASH_NODE is the
command that has it crash, and TUTTI_RESTORE_NODE the one that brings it back.
"""

import os
import shlex
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import HAS_KEDA, Figures
from tests.e2e.releases import CHART, Release, namespace, run, until
from tests.e2e.scaled import await_notice, bound_pods, names, running_jobs, whole_cluster

LOST, CRASH, RESTORE = (os.environ.get(f"TUTTI_{name}_NODE", "") for name in ("LOST", "CRASH", "RESTORE"))
PODS = 5
JOBS = int(os.environ.get("TUTTI_CROWD", "10")) // PODS * PODS
MOST_REPEATED_S = 5  # the time between two checkpoints
_SCALED = CHART / "ci/keda-values.yaml"
_LARGE = {"concurrency": JOBS // PODS, "maxReplicas": PODS, "resources": {"limits": {"memory": "3Gi"}}}
_OTHERS = [{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "NotIn", "values": [LOST or "none"]}]}]
_ELSEWHERE = {  # a release has one store of each kind, so their node must not be the one that is lost
    "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": _OTHERS}}
}
_VALUES = {
    "autoscaling": {"maxSlots": 0},
    "workers": {"large": _LARGE},
    **{part: {"pod": {"affinity": _ELSEWHERE}} for part in ("api", "postgresql", "redis")},
}
_RESTARTS_S = 180


@pytest.fixture(scope="module")
def crowd() -> Iterator[Release]:
    if subprocess.run(HAS_KEDA, capture_output=True, check=False).returncode:
        pytest.skip("the cluster has no KEDA")
    with namespace() as name:
        release = Release(name)
        release.install(_SCALED, values=_VALUES)
        release.kubectl("wait", "--for=condition=Ready", "scaledobject", "--all", "--timeout=400s")
        yield release


def test_scale_in_from_five_pods_to_one_loses_nothing(crowd: Release, figures: Figures) -> None:
    with running_jobs(crowd, JOBS) as outcome:
        bound_pods(crowd, "large", 1)
        took = until(lambda: len(names(crowd)) == 1, "one pod is left, and the others have ended")
        bound_pods(crowd, "large", PODS)
    figures.add("scale-in from 5 pods to 1 and back", f"others gone within {took:.0f} s; {outcome}")
    assert outcome.repeated_s <= MOST_REPEATED_S


def test_new_workers_take_over_from_old_ones(crowd: Release, figures: Figures) -> None:
    with running_jobs(crowd, JOBS) as outcome:
        before = names(crowd)
        changed = {"workerDefaults": {"pod": {"annotations": {"change": "workers"}}}}
        crowd.install(_SCALED, values={**_VALUES, **changed})
        until(lambda: not before & names(crowd), "the old pods have ended")
    figures.add("helm upgrade of all workers", str(outcome))
    assert outcome.repeated_s <= MOST_REPEATED_S


def test_restarts_in_a_row_wear_no_job_out(crowd: Release, figures: Figures) -> None:
    with running_jobs(crowd, JOBS) as outcome:
        ends, count = time.monotonic() + _RESTARTS_S, 0
        while time.monotonic() < ends:  # each to its end: the next one would only take back the pods that it just made
            crowd.kubectl("rollout", "restart", "deployment/tutti-worker-large")
            crowd.kubectl("rollout", "status", "deployment/tutti-worker-large", "--timeout=240s")
            count += 1
    figures.add(f"{count} rolling restarts, one after the other", str(outcome))
    assert outcome.repeated_s <= MOST_REPEATED_S


def test_half_a_minutes_notice_is_enough(crowd: Release, figures: Figures) -> None:
    """As a node of a spot market goes: all of its pods are told at once, and gone 30 seconds later."""
    with running_jobs(crowd, JOBS) as outcome:
        node = crowd.pods("worker-large")[0]["spec"]["nodeName"]
        there = {pod["metadata"]["name"] for pod in crowd.pods("worker-large") if pod["spec"]["nodeName"] == node}
        crowd.kubectl("delete", "pod", *there, "--grace-period=30", "--wait=false")
        took = until(lambda: not there & names(crowd), "the pods have ended", 40)
    figures.add("30 s of notice for all pods of a node", f"{len(there)} pods gone within {took:.0f} s; {outcome}")
    assert outcome.repeated_s <= MOST_REPEATED_S


def test_a_pod_that_the_kubelet_evicts_loses_no_job(crowd: Release, figures: Figures) -> None:
    """A full /tmp, because a full node would hurt others too: the kubelet evicts for both alike, without any grace."""
    with running_jobs(crowd, JOBS) as outcome:
        pod = crowd.pods("worker-large")[0]["metadata"]["name"]
        crowd.kubectl("exec", pod, "-c", "worker", "--", "sh", "-c", "head -c 1100M /dev/zero > /tmp/full")
        phase = ("get", "pod", pod, "--ignore-not-found", "-o", "jsonpath={.status.phase}")
        took = until(lambda: crowd.kubectl(*phase) in ("Failed", ""), "the kubelet has evicted the pod")
        await_notice(crowd, outcome)
    figures.add("a pod evicted by the kubelet", f"after {took:.0f} s; {outcome}")
    assert outcome.repeated_s <= MOST_REPEATED_S + 1


@whole_cluster
def test_a_drain_ends_within_the_grace(crowd: Release, figures: Figures) -> None:
    """kubectl drain chooses pods by labels over all namespaces, so this cordons the node and evicts its own alone."""
    with running_jobs(crowd, JOBS) as outcome:
        node = crowd.pods("worker-large")[0]["spec"]["nodeName"]
        there = {pod["metadata"]["name"] for pod in crowd.pods("worker-large") if pod["spec"].get("nodeName") == node}
        run("kubectl", "cordon", node)
        try:
            for name in there:
                crowd.evict(name)
            took = until(lambda: not there & names(crowd), "the evicted pods have ended", 30)
        finally:
            run("kubectl", "uncordon", node)
    figures.add("drain of a node with busy workers", f"{len(there)} pods gone within {took:.0f} s; {outcome}")
    assert outcome.repeated_s <= MOST_REPEATED_S


@pytest.mark.skipif(not (LOST and CRASH and RESTORE), reason="TUTTI_LOST_NODE, _CRASH_NODE, _RESTORE_NODE say nothing")
def test_jobs_of_a_node_that_crashed_run_on_elsewhere(crowd: Release, figures: Figures) -> None:
    try:
        with running_jobs(crowd, JOBS) as outcome:
            there = [pod for pod in crowd.pods("worker-large") if pod["spec"].get("nodeName") == LOST]
            assert there, f"no worker is on {LOST}"
            run(*shlex.split(CRASH))
            await_notice(crowd, outcome)
    finally:
        run(*shlex.split(RESTORE))
    figures.add("a node's crash", f"{len(there)} pods gone at once; {outcome}")
    assert outcome.repeated_s <= MOST_REPEATED_S + 1
