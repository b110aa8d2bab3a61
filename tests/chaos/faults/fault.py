"""What a fault is, and how it finds whom to hit."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from random import Random

from tests.chaos.fleet import Fleet, until
from tests.chaos.history import Running, running
from tests.chaos.processes import Member


@dataclass(frozen=True, slots=True)
class Blow:
    """A fault that happened. hit: jobs that it took from those who ran them. since: from when their claims count."""

    since: float
    hit: tuple[Running, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """name: as the table has it. strike: does it once. around: how the fleet is while it strikes."""

    name: str
    strike: Callable[[Fleet, Random], Blow]
    around: Callable[[Fleet], AbstractContextManager[None]] = field(default=lambda fleet: nullcontext())


def busy_worker(fleet: Fleet, rng: Random) -> tuple[Member, Running]:
    """A worker in the middle of a job, and that job; not one that was hit before, for a third time it rightly fails."""
    found: list[tuple[Member, Running]] = []

    def look() -> bool:
        jobs = [job for job in running(fleet.engine) if job.solved_s and job.attempts == 1]
        for worker in fleet.workers:
            pids = worker.pids()
            found.extend((worker, job) for job in jobs if job.holder_pid in pids)
        return bool(found)

    until(look, "a worker has a job")
    time.sleep(rng.uniform(0, 3))  # anywhere in the job
    worker, job = rng.choice(found)
    again = [now for now in running(fleet.engine) if now.job_id == job.job_id and now.holder_pid == job.holder_pid]
    return (worker, again[0]) if again else busy_worker(fleet, rng)
