"""How long jobs wait and what pods cost, by what the scaler goes by: a simulation in steps of a second.

One group of workers, as the chart makes it: KEDA looks each 5 s and wakes it, the HPA looks each 15 s, goes up at once
and down by half each minute, once `scaleDownSeconds` wanted no more. A pod takes 10 s to its first job. One that has
to go while busy hands its jobs over, and they lose up to 5 s of solving. Idle pods go first.
"""

import argparse
import math
import random
import statistics
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from measuring import Table

_POLL_S, _HPA_S, _START_S, _LOST_S = 5, 15, 10, 5
_MOST_PODS, _SLOTS = 10, 2
_CPU_TARGET, _TOLERANCE = 0.75, 0.1


@dataclass
class Job:
    """A job by its second of arrival and its seconds of solving that are left."""

    arrives: int
    left: float
    started: int | None = None


@dataclass
class Pod:
    """A pod that takes jobs from a second on."""

    ready: int
    jobs: list[Job] = field(default_factory=list)


@dataclass
class Group:
    """Pods, the jobs that wait for them, and what was counted."""

    pods: list[Pod] = field(default_factory=list)
    waiting: deque[Job] = field(default_factory=deque)
    pod_seconds: int = 0
    scalings: int = 0
    hand_overs: int = 0

    @property
    def running(self) -> int:
        """Jobs that run."""
        return sum(len(pod.jobs) for pod in self.pods)

    def work(self, now: int) -> None:
        """One second of all pods."""
        self.pod_seconds += len(self.pods)
        for pod in self.pods:
            while pod.ready <= now and self.waiting and len(pod.jobs) < _SLOTS:
                job = self.waiting.popleft()
                job.started = now if job.started is None else job.started
                pod.jobs.append(job)
            for job in pod.jobs:
                job.left -= 1
            pod.jobs = [job for job in pod.jobs if job.left > 0]

    def scale(self, count: int, now: int) -> None:
        """Have so many pods."""
        self.scalings += count != len(self.pods)
        self.pods += [Pod(now + _START_S) for _ in range(count - len(self.pods))]
        self.pods.sort(key=lambda pod: -len(pod.jobs))
        for pod in self.pods[count:]:
            self.hand_overs += len(pod.jobs)
            for job in pod.jobs:
                job.left += random.uniform(0, _LOST_S)
                self.waiting.appendleft(job)  # served first
        del self.pods[count:]


Policy = Callable[[Group], float]


def by_demand(group: Group) -> float:
    """Pods for all jobs that wait or run."""
    return (len(group.waiting) + group.running) / _SLOTS


def by_queue(group: Group) -> float:
    """Pods for all jobs that wait, as the length of a list at the broker has it."""
    return len(group.waiting) / _SLOTS


def by_cpu(group: Group) -> float:
    """Pods by which the slots in use come to the target, as an HPA on CPU has it; it never goes to zero."""
    pods = max(1, len(group.pods))
    use = group.running / (pods * _SLOTS) / _CPU_TARGET
    return max(1, pods if abs(use - 1) <= _TOLERANCE else pods * use)


@dataclass(frozen=True)
class Scaler:
    """A policy, and the times of the chart's `autoscaling`."""

    policy: Policy
    scale_down_s: int = 120
    cooldown_s: int = 60

    def run(self, jobs: list[Job]) -> tuple[Group, int]:
        """The group after the last job, and the second in which that was."""
        group, active = Group(), 0
        wanted: deque[tuple[int, int]] = deque()
        coming = deque(sorted(jobs, key=lambda job: job.arrives))
        now = 0
        while coming or group.waiting or group.running:
            while coming and coming[0].arrives <= now:
                group.waiting.append(coming.popleft())
            if now % _POLL_S == 0:
                active = now if self.policy(group) > 0 else active
                if not group.pods and active == now:
                    group.scale(1, now)
                elif self.policy(group) == 0 and now - active >= self.cooldown_s:
                    group.scale(0, now)
            if now % _HPA_S == 0 and group.pods:
                self._look(group, wanted, now)
            group.work(now)
            now += 1
        return group, now

    def _look(self, group: Group, wanted: deque[tuple[int, int]], now: int) -> None:
        """One look of the HPA; `wanted` is what it wanted lately, by second."""
        count = min(_MOST_PODS, max(1, math.ceil(self.policy(group))))
        wanted.append((now, count))
        while wanted[0][0] < now - self.scale_down_s:
            wanted.popleft()
        have = len(group.pods)
        count = max(count, min(have, max(count for _, count in wanted)))
        if count < have and now % 60 == 0:
            group.scale(max(count, have // 2), now)
        elif count > have:
            group.scale(count, now)


def _jobs(arrivals: Iterator[float], seconds: float, rng: random.Random) -> list[Job]:
    """Jobs whose solving takes `seconds` in the median, and some of them much longer."""
    return [Job(int(at), seconds * rng.lognormvariate(0, 0.8)) for at in arrivals]


def morning(rng: random.Random) -> list[Job]:
    """A large district's planners, from half past five to ten: 400 days of a minute each, most of them around seven."""
    return _jobs((min(16_200, max(0, rng.gauss(5400, 2400))) for _ in range(400)), 60, rng)


def night(rng: random.Random) -> list[Job]:
    """A thousand days of a minute each, sent within five minutes."""
    return _jobs((rng.uniform(0, 300) for _ in range(1000)), 60, rng)


def burst(rng: random.Random) -> list[Job]:
    """Ten thousand days of two seconds each, sent within a minute."""
    return _jobs((rng.uniform(0, 60) for _ in range(10_000)), 2, rng)


_SCALERS = {
    "jobs (the chart's)": Scaler(by_demand),
    "jobs, down after 0 s": Scaler(by_demand, scale_down_s=0),
    "jobs, down after 300 s": Scaler(by_demand, scale_down_s=300),
    "jobs, sleeps after 300 s": Scaler(by_demand, cooldown_s=300),
    "waiting only": Scaler(by_queue),
    "CPU": Scaler(by_cpu),
}


def main() -> None:
    """Print a row for each pattern and scaler."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    args = parser.parse_args()
    columns = ["jobs", "scaled by", "wait p50 s", "wait p95 s", "last after min", "pod-hours", "scalings", "hand-overs"]
    table = Table(columns)
    for pattern in (morning, night, burst):
        for name, scaler in _SCALERS.items():
            random.seed(args.seed)
            jobs = pattern(random.Random(args.seed))
            group, ended = scaler.run(jobs)
            waits = statistics.quantiles(((job.started or 0) - job.arrives for job in jobs), n=20, method="inclusive")
            hours = group.pod_seconds / 3600
            table.row(
                [pattern.__name__, name, waits[9], waits[18], ended / 60, hours, group.scalings, group.hand_overs]
            )


if __name__ == "__main__":
    main()
