"""From the SIGKILL of a worker to the moments at which its job waits again, and runs on another worker with free slots.

All processes of the worker are killed at once, as if its pod or node were gone. The database's clock writes the
moments of the job's history, this process's reads that of the kill: both are this machine's.
"""

import argparse
import os
import signal
import statistics
import subprocess
import time
from contextlib import closing
from datetime import datetime
from typing import Any

import httpx
from celery import Celery
from tests.acceptance.conftest import holder_pid
from tests.e2e.days import wide_day

from measuring import Table
from stage import Stage, stage, wait_until

_WORKERS = 2
_ROUTES = 250  # with windows of an hour either way: longer at work than the kill and what follows takes


def main() -> None:
    """Print the percentiles of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, metavar="N")
    args = parser.parse_args()
    waits: dict[str, list[float]] = {"queued": [], "started": []}
    with stage(TUTTI_WORKER_CONCURRENCY="1") as one, closing(Celery(broker=one.settings.redis_url)) as app:
        address = "http://{}:{}".format(*one.start_api())
        workers = [one.start_worker() for _ in range(_WORKERS)]
        with httpx.Client(base_url=address, timeout=60) as client:
            for seed in range(args.kills):
                wait_until(lambda: len(app.control.ping(timeout=1) or []) == _WORKERS)
                for kind, seconds in _recovery(client, wide_day(_ROUTES, seed), workers, one).items():
                    waits[kind].append(seconds)
    table = Table(["after the kill", "kills", "p50 s", "p95 s", "most s"])
    for name, kind in (("queued again", "queued"), ("claimed again", "started")):
        quantiles = statistics.quantiles(waits[kind], n=20, method="inclusive")
        table.row([name, len(waits[kind]), quantiles[9], quantiles[18], max(waits[kind])])


def _recovery(
    client: httpx.Client, day: dict[str, Any], workers: list["subprocess.Popen[str]"], one: Stage
) -> dict[str, float]:
    """Kill the worker that runs the day, and start another in its place; seconds from then to each kind of entry."""
    job_id = client.post("/v1/jobs", json=day).raise_for_status().json()["id"]

    def entries(kind: str) -> list[dict[str, Any]]:
        found = client.get(f"/v1/jobs/{job_id}/history").raise_for_status().json()["entries"]
        return [entry for entry in found if entry["kind"] == kind]

    wait_until(lambda: bool(entries("started")))
    holder_group = os.getpgid(holder_pid(client, job_id))
    (struck,) = (worker for worker in workers if worker.pid == holder_group)
    time.sleep(1)  # until it is at work
    killed_at = time.time()
    os.killpg(struck.pid, signal.SIGKILL)
    wait_until(lambda: len(entries("started")) > 1)
    moments = {kind: datetime.fromisoformat(entries(kind)[1]["at"]) for kind in ("queued", "started")}
    client.delete(f"/v1/jobs/{job_id}").raise_for_status()
    workers[workers.index(struck)] = one.start_worker()
    return {kind: at.timestamp() - killed_at for kind, at in moments.items()}


if __name__ == "__main__":
    main()
