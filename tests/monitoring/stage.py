"""A whole service under the eyes of Prometheus, and what was seen of it."""

import time
from pathlib import Path

import httpx
from charts.dashboard import queries

from tests.chaos.fleet import Fleet, until
from tests.chaos.processes import Member
from tests.days import day
from tests.monitoring.prometheus import Prometheus
from tests.servers import free_port

_PATIENCE_S = 90.0
_MOST_WORKERS = 24
LONG = 2500
"""Routes of a day that is not solved for a minute."""


class WatchedFleet(Fleet):
    """A fleet whose workers tell what they count, each at a port of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.worker_ports = [free_port() for _ in range(_MOST_WORKERS)]
        self._next = iter(self.worker_ports)

    def start_worker(self, **environment: str) -> Member:
        """A worker, which is not yet ready."""
        return super().start_worker(TUTTI_METRICS_PORT=str(next(self._next)), **environment)

    @property
    def targets(self) -> list[str]:
        """Where Prometheus is to look."""
        return [f"127.0.0.1:{port}" for port in (*self.ports, *self.worker_ports)]


class Stage:
    """The fleet, its Prometheus, and when each alert and each answer to the dashboard was first seen."""

    def __init__(self, fleet: WatchedFleet, watching: Prometheus) -> None:
        self.fleet = fleet
        self._watching = watching
        self.seen: dict[str, tuple[str, float]] = {}
        self.unanswered = set(queries())
        self.api = httpx.Client(base_url=fleet.addresses[0], timeout=30)

    def look(self) -> None:
        """Note what fires, and what the dashboard would show."""
        self.firing = set(self._watching.firing())
        self.unanswered = {query for query in self.unanswered if not self._watching.answer(query)}

    def expect(self, how: str, *alerts: str) -> None:
        """Wait until these alerts fire, after what was done just now."""
        began = time.monotonic()
        waiting = set(alerts)
        while waiting:
            self.look()
            for name in waiting & self.firing:
                self.seen[name] = how, time.monotonic() - began
                print(f"| {name} | {how} | {self.seen[name][1]:.0f} s |", flush=True)
            waiting -= self.firing
            if time.monotonic() - began > _PATIENCE_S:
                return  # the end tells what was not seen
            time.sleep(1)

    def submit(self, routes: int, count: int = 1) -> list[str]:
        """Queue jobs; their ids."""
        answers = [self.api.post("/v1/jobs", json=day(routes, seed)) for seed in range(count)]
        return [answer.raise_for_status().json()["id"] for answer in answers]

    def status(self, job_id: str) -> str:
        """A job's."""
        return str(self.api.get(f"/v1/jobs/{job_id}").json()["status"])

    def wait_for(self, job_ids: list[str], *statuses: str) -> None:
        """Wait until all of these jobs are there."""
        until(lambda: all(self.status(one) in statuses for one in job_ids), f"{job_ids} are {statuses}", 180)

    def cancel(self, job_ids: list[str]) -> None:
        """Let them be."""
        for job_id in job_ids:
            self.api.delete(f"/v1/jobs/{job_id}")
