"""Many small jobs through the four slots of one worker, beside a bare Celery task that does the same solve.

Both workers are warm and have their turns, in which the other one is halted: rounds of jobs, which all wait in the
broker before the clock starts; it stops when Celery has the last result. What is measured is how fast they leave, and
what processor time all processes that have to do with it use. A machine that others use slows both sides of a round,
so the ratio of rounds is steadier than rates are.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

from celery import Celery

from measuring import Table
from processor_time import POOL, SOLVERS, WORKER, named, used
from stage import Stage, stage, wait_until
from tutti.execution.broker import Broker
from tutti.execution.housekeeping import relay
from tutti.execution.queues import SMALL
from tutti.fleet.generate import generate_day
from tutti.jobs.database import Database
from tutti.jobs.schema import upgrade
from tutti.jobs.submission import Submission, submit

_LOOK_INTERVAL_S = 0.01
_WARM_UP = 100  # jobs, so that every slot has its solver
_SERVERS = {"postgres": "PostgreSQL", "redis-server": "Redis"}
_KINDS = (WORKER, POOL, SOLVERS, *_SERVERS.values())

Send = Callable[[Sequence[list[Any]]], list[str]]
"""Has days wait in the broker; the ids of their tasks."""


@dataclass(frozen=True, slots=True)
class _Round:
    """Seconds until all results were there, and processor seconds by what used them."""

    seconds: float
    used_s: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Side:
    """A warm worker that does nothing but in its rounds. roots: what works for it, besides what these start."""

    app: Celery
    worker: int
    send: Send
    roots: dict[int, str]

    def round(self, days: Sequence[list[Any]]) -> _Round:
        """Let all these days wait, and then be planned."""
        os.kill(self.worker, signal.SIGCONT)
        tasks = [self.app.AsyncResult(task) for task in self.send(days)]
        before, began = used(self.roots), time.perf_counter()
        self.app.control.add_consumer(SMALL)
        for task in tasks:
            wait_until(task.ready, _LOOK_INTERVAL_S)
        seconds, after = time.perf_counter() - began, used(self.roots)
        assert all(task.successful() for task in tasks), "a job has failed"
        self.app.control.cancel_consumer(SMALL, reply=True)
        os.kill(self.worker, signal.SIGSTOP)
        return _Round(seconds, {kind: after[kind] - before[kind] for kind in after})


def main() -> None:
    """Print the rates, their ratio with what half of the rounds were within, and processor time by process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="on each side, two at least")
    parser.add_argument("--jobs", type=int, default=1000, metavar="N", help="in a round")
    parser.add_argument("--routes", type=int, default=20, metavar="N")
    parser.add_argument("--slots", type=int, default=4, metavar="N")
    args = parser.parse_args()
    days = [generate_day(args.routes, seed)["routes"] for seed in range(args.rounds * args.jobs)]
    before = {name: named(name) for name in _SERVERS}
    with stage(TUTTI_WORKER_CONCURRENCY=str(args.slots)) as one, ExitStack() as held:
        servers = {pid: kind for name, kind in _SERVERS.items() for pid in named(name) - before[name]}
        sides = {"Celery": _bare(one, servers, held), "Tutti": _ours(one, servers, held)}
        for side in sides.values():
            side.round(days[:_WARM_UP])
        rounds: dict[str, list[_Round]] = {name: [] for name in sides}
        for number in range(args.rounds):
            of_round = days[number * args.jobs :][: args.jobs]
            for name in sorted(sides, reverse=bool(number % 2)):
                rounds[name].append(sides[name].round(of_round))
    _print(rounds, args.jobs)


def _print(rounds: dict[str, list[_Round]], jobs: int) -> None:
    table = Table(["worker", "jobs/s", *(f"{kind} ms" for kind in _KINDS), "all ms"])
    for name, of_side in rounds.items():
        used_ms = [1000 * statistics.fmean(one.used_s.get(kind, 0.0) for one in of_side) / jobs for kind in _KINDS]
        table.row([name, jobs / statistics.median(one.seconds for one in of_side), *used_ms, sum(used_ms)])
    pairs = list(zip(*rounds.values(), strict=True))
    table = Table(["bare as a share of Tutti", "median", "half within", ""])
    for what, ratios in (
        ("seconds", [bare.seconds / ours.seconds for bare, ours in pairs]),
        ("processor time", [sum(bare.used_s.values()) / sum(ours.used_s.values()) for bare, ours in pairs]),
    ):
        low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
        table.row([what, middle, low, high])


def _bare(one: Stage, servers: dict[int, str], held: ExitStack) -> _Side:
    """The bare task. It has a database of Redis for itself."""
    url = one.settings.redis_url.rpartition("/")[0] + "/1"
    flags = ["worker", "-O", "fair", "--loglevel=ERROR", "-Q", SMALL]
    worker = one.start(
        "-m", "celery", "-q", "-A", "bare_tasks", *flags, stderr=subprocess.DEVNULL, TUTTI_BROKER_URL=url
    )
    app = held.enter_context(closing(Celery(broker=url, backend=url)))

    def send(days: Sequence[list[Any]]) -> list[str]:
        return [app.send_task("bare.plan", [day], queue=SMALL).id for day in days]

    return _Side(app, worker.pid, send, {worker.pid: WORKER, **servers})


def _ours(one: Stage, servers: dict[int, str], held: ExitStack) -> _Side:
    """The same jobs, kept in the store."""
    settings = one.settings
    database = held.enter_context(closing(Database(settings)))
    broker = held.enter_context(closing(Broker(settings)))
    app = held.enter_context(closing(Celery(broker=settings.redis_url, backend=settings.redis_url)))
    upgrade(database.engine)
    worker = one.start_worker()

    def send(days: Sequence[list[Any]]) -> list[str]:
        jobs = []
        for day in days:
            with database.writing() as session:
                job, _ = submit(session, Submission(json.dumps(day), len(day), "benchmark", SMALL))
                jobs.append(job.id)
        relay(database, broker, again_s=3600)
        return jobs

    return _Side(app, worker.pid, send, {worker.pid: WORKER, **servers})


if __name__ == "__main__":
    main()
