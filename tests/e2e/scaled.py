"""A release whose workers come and go with the jobs, and what is asked of it."""

import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from tests.e2e.days import long_week
from tests.e2e.releases import Release, until
from tutti import Client
from tutti.client import Entry, Job, UnavailableError, UnreachableError

whole_cluster = pytest.mark.skipif(
    not os.environ.get("TUTTI_WHOLE_CLUSTER"),
    reason="changes what others on the cluster use; set TUTTI_WHOLE_CLUSTER where nobody else does",
)
_COUNTED = re.compile(r"back to the queue: \S+ (.*?) in attempt")
_LOST = re.compile(r"([0-9.]+) s of solving are lost")


def replicas(release: Release, group: str) -> int:
    """Pods that a group is to have."""
    (deployment,) = release.objects("deployments", "-l", f"app.kubernetes.io/component=worker-{group}")
    count: int = deployment["spec"]["replicas"]
    return count


def status(client: Client, job: Job) -> str:
    """A job's status, or that it can't be had just now."""
    try:
        return client.job(job.id).status
    except (UnavailableError, UnreachableError):
        return "not to be had"


@dataclass
class Outcome:
    """What a fault cost the jobs that ran. Of the worst one: attempts that counted, and seconds of solving done again.

    again_s: seconds from the block's end until all ran. waits_s: of each time that a job went back to the queue, how
    long until a worker ran it. reasons: of moves that counted as attempts.
    """

    jobs: list[Job]
    again_s: float = 0
    attempts: int = 0
    repeated_s: float = 0
    waits_s: list[float] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        counted = f", attempts that counted at most {self.attempts}: {self.reasons}" if self.reasons else ""
        p95 = f" within {percentile(self.waits_s, 95):.1f} s (p95)" if self.waits_s else ""
        return (
            f"{len(self.jobs)} jobs, 0 lost, {len(self.waits_s)} times handed on{p95}, {self.repeated_s:.1f} s repeated"
            f" at most, all run again after {self.again_s:.1f} s{counted}"
        )


def await_notice(release: Release, outcome: Outcome) -> None:
    """Wait until the service knows that a holder is gone without a word."""
    with release.client() as client:
        until(lambda: any(status(client, job) == "queued" for job in outcome.jobs), "a job is back in the queue")


def percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1]


@contextmanager
def running_jobs(release: Release, count: int) -> Iterator[Outcome]:
    """Jobs that run, to be hurt in the block. After it they must run again, and all of them end with a plan."""
    with release.client() as client:
        jobs = [client.submit(long_week(seed)) for seed in range(count)]
    try:
        with release.client() as client:
            until(lambda: all(status(client, job) == "running" for job in jobs), f"{count} jobs run")
        outcome = Outcome(jobs)
        yield outcome
        with release.client() as client:
            outcome.again_s = until(
                lambda: all(status(client, job) == "running" for job in jobs), f"{count} jobs run again"
            )
            for job in jobs:
                client.stop(job.id)
            ends = [client.wait(job.id) for job in jobs]
            ways = [[entry for entry in client.history(job.id).entries if entry.kind != "warning"] for job in jobs]
    except BaseException:
        _cancel(release, jobs)  # they would be in the way of the next test for an hour
        raise
    for end, way in zip(ends, ways, strict=True):
        assert end.status == "completed", "\n".join([f"job {end.id} is {end.status}:", *(entry.text for entry in way)])
    outcome.attempts = max(end.attempts for end in ends)
    for way in ways:
        _add(outcome, way)


def _cancel(release: Release, jobs: Iterable[Job]) -> None:
    with release.client() as client:
        for job in jobs:
            client.cancel(job.id)


def _add(outcome: Outcome, way: Iterable[Entry]) -> None:
    """What a job's way says that was done to it."""
    for one, following in pairwise(way):
        outcome.reasons |= set(_COUNTED.findall(one.text))
        outcome.repeated_s = max(outcome.repeated_s, *map(float, _LOST.findall(one.text)), 0)
        if one.kind == "queued" and one.number > 1:
            outcome.waits_s.append((following.at - one.at).total_seconds())


def least_replicas(release: Release, group: str, seconds: float) -> int:
    """The fewest pods that a group was to have at any time of the next seconds."""
    seen = {replicas(release, group)}
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        seen.add(replicas(release, group))
        time.sleep(1)
    return min(seen)


def bound_pods(release: Release, group: str, most: int) -> None:
    """Let a group have no more than so many pods."""
    patch = json.dumps({"spec": {"maxReplicaCount": most}})
    release.kubectl("patch", f"scaledobject/tutti-worker-{group}", "--type=merge", "-p", patch)


def names(release: Release, group: str = "large") -> set[str]:
    """Pods of a group, those about to end among them: until then their jobs count as running."""
    pods = release.objects("pods", "-l", f"app.kubernetes.io/component=worker-{group}")
    return {pod["metadata"]["name"] for pod in pods}
