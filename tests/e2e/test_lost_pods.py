"""A pod goes away under a job: the broker's, or the worker's."""

import json

from tests.e2e.days import EXAMPLE, long_week
from tests.e2e.releases import Release, until

_OURS = ("api", "worker", "flower")


def lives(release: Release) -> dict[str, tuple[str, int]]:
    """Uid and restarts of each pod of Tutti's own."""
    pods = json.loads(release.kubectl("get", "pods", "-o", "json"))["items"]
    return {
        pod["metadata"]["name"]: (pod["metadata"]["uid"], container["restartCount"])
        for pod in pods
        for container in pod["status"].get("containerStatuses", [])
        if container["name"] in _OURS
    }


def test_a_broker_that_is_replaced_costs_no_pod_and_no_attempt(release: Release) -> None:
    with release.client() as client:
        running = client.submit(long_week())
        until(lambda: client.job(running.id).status == "running", "the job runs")
        before = lives(release)
        release.kubectl("delete", "pod", "tutti-redis-0")
        meanwhile = client.submit(EXAMPLE)
        release.kubectl("rollout", "status", "statefulset/tutti-redis", "--timeout=120s")
        assert client.wait(meanwhile.id).status == "completed"
        client.stop(running.id)
        ended = client.wait(running.id)
    assert (ended.status, ended.attempts) == ("completed", 1)
    assert lives(release) == before


def test_a_worker_that_is_told_to_end_exits_by_0_and_its_job_goes_on(release: Release) -> None:
    with release.client() as client:
        job = client.submit(long_week())
        until(lambda: client.job(job.id).progress is not None, "the job is being solved")
        workers = release.pods("worker-large") + release.pods("worker-small")
        before = lives(release)
        for pod in workers:
            release.kubectl("exec", pod["metadata"]["name"], "-c", "worker", "--", "sh", "-c", "kill -TERM 1")
        names = {pod["metadata"]["name"] for pod in workers}
        until(lambda: all(lives(release)[name][1] > before[name][1] for name in names), "the workers are started again")
        until(lambda: client.job(job.id).status == "running", "the job runs again")
        client.stop(job.id)
        ended = client.wait(job.id)
    exits = {
        status["lastState"]["terminated"]["exitCode"]
        for pod in release.pods("worker-large") + release.pods("worker-small")
        for status in pod["status"]["containerStatuses"]
    }
    assert exits == {0}
    assert (ended.status, ended.attempts) == ("completed", 1)
