"""Both sides of the comparison: how they are given days, how they are hurt, and how far they are."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from celery import Celery

from tests.chaos.customer import Customer
from tests.chaos.fleet import WORKERS, Fleet
from tests.chaos.history import running
from tests.chaos.processes import Member
from tests.servers import free_port, run_redis

MAX_ATTEMPTS = 3  # the default of TUTTI_MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Busy:
    """A worker with a job, and the seconds of solving that will be done again if it is killed now."""

    worker: Member
    job_id: str
    solved_s: float
    unsaved_s: float


class Side(Protocol):
    """Four workers that solve days."""

    def submit(self, days: Sequence[dict[str, Any]]) -> None:
        """Have these planned."""

    def busy(self) -> list[Busy]:
        """The workers that have a job now."""

    def done(self) -> int:
        """Days that have a plan."""

    def replace(self, worker: Member) -> None:
        """Start a worker in the place of a dead one."""


class TuttiSide:
    """The fleet of the kill suite."""

    def __init__(self, fleet: Fleet, customer: Customer) -> None:
        self._fleet = fleet
        self._customer = customer

    def submit(self, days: Sequence[dict[str, Any]]) -> None:
        """Through the API."""
        self._customer.submit_all(days)

    def busy(self) -> list[Busy]:
        """As the job store says; not those at their last attempt, whose next kill would make them poison."""
        workers = {pid: worker for worker in self._fleet.workers for pid in worker.pids()}
        jobs = [job for job in running(self._fleet.engine) if job.holder_pid in workers and job.attempts < MAX_ATTEMPTS]
        return [Busy(workers[job.holder_pid], job.job_id, job.solved_s, job.unsaved_s) for job in jobs]

    def replace(self, worker: Member) -> None:
        """As Kubernetes would."""
        self._fleet.replace(worker)

    def done(self) -> int:
        """As the API says."""
        self._customer.look()
        return len(self._customer.plans)


class BareSide:
    """Workers of the bare task on a Redis of their own."""

    def __init__(self, url: str, folder: Path) -> None:
        self._environment = {"BARE_REDIS": url, "OMP_NUM_THREADS": "1"}
        self._folder = folder
        self._app = Celery(broker=url, backend=url, set_as_current=False)
        self._tasks: list[Any] = []
        self._seen: dict[tuple[str, int], float] = {}
        self.workers = [self._start() for _ in range(WORKERS)]

    def submit(self, days: Sequence[dict[str, Any]]) -> None:
        """As tasks."""
        self._tasks = [self._app.send_task("tests.chaos.comparison.bare.solve_day", [day]) for day in days]

    def busy(self) -> list[Busy]:
        """As the result backend says; nothing is saved before the end."""
        workers = {pid: worker for worker in self.workers for pid in worker.pids()}
        now, found = time.monotonic(), []
        for task in self._tasks:
            meta = task.backend.get_task_meta(task.id, cache=False)
            if meta["status"] == "STARTED" and (pid := meta["result"]["pid"]) in workers:
                solved_s = now - self._seen.setdefault((task.id, pid), now)
                found.append(Busy(workers[pid], task.id, solved_s, solved_s))
        return found

    def done(self) -> int:
        """As the result backend says."""
        return sum(task.state == "SUCCESS" for task in self._tasks)

    def replace(self, worker: Member) -> None:
        """As Kubernetes would."""
        self.workers[self.workers.index(worker)] = self._start()

    def close(self) -> None:
        """Kill the workers."""
        for worker in self.workers:
            worker.kill()
        self._app.close()

    def _start(self) -> Member:
        command = ["celery", "-A", "tests.chaos.comparison.bare", "worker", "--concurrency=1", "-O", "fair"]
        name = f"--hostname=worker-{free_port()}@localhost"
        return Member("bare worker", [*command, name], self._environment, self._folder / "bare.log")


@contextmanager
def bare_side(folder: Path) -> Iterator[BareSide]:
    """Bare Celery, running."""
    with ExitStack() as stack:
        port = free_port()
        stack.enter_context(run_redis(port))
        side = BareSide(f"redis://127.0.0.1:{port}/0", folder)
        stack.callback(side.close)
        yield side
