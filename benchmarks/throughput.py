"""Many small jobs through the four slots of one worker, beside a bare Celery task that does the same solve.

The worker is warm and all jobs wait in the broker before the clock starts: what is measured is how fast they leave.
"""

import argparse
import json
import time
from contextlib import closing

from celery import Celery
from redis import Redis
from sqlalchemy import func, select

from measuring import Table
from stage import Stage, stage, wait_until
from tutti.execution.broker import Broker
from tutti.execution.housekeeping import relay
from tutti.execution.queues import SMALL
from tutti.fleet.generate import generate_day
from tutti.jobs.database import Database, open_database
from tutti.jobs.schema import upgrade
from tutti.jobs.states import State
from tutti.jobs.submission import Submission, submit
from tutti.jobs.tables import Job

_WARM_UP = 20  # jobs, so that every slot has its solver


def main() -> None:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1000, metavar="N")
    parser.add_argument("--routes", type=int, default=20, metavar="N")
    parser.add_argument("--slots", type=int, default=4, metavar="N")
    args = parser.parse_args()
    table = Table(["worker", "jobs", "routes", "s", "jobs/s", "ratio"])
    with stage(TUTTI_WORKER_CONCURRENCY=str(args.slots)) as one:
        bare_s = _bare(one, args.jobs, args.routes)
        table.row(["Celery", args.jobs, args.routes, bare_s, args.jobs / bare_s, 1.0])
        ours_s = _ours(one, args.jobs, args.routes)
        table.row(["Tutti", args.jobs, args.routes, ours_s, args.jobs / ours_s, bare_s / ours_s])


def _bare(one: Stage, jobs: int, routes: int) -> float:
    """Seconds of the bare task."""
    worker = one.start("-m", "celery", "-A", "bare_tasks", "worker", "-O", "fair", "--loglevel=ERROR", "-Q", SMALL)
    with (
        closing(Celery(broker=one.settings.redis_url)) as app,
        closing(Redis.from_url(one.settings.redis_url)) as redis,
    ):

        def send(count: int) -> None:
            for seed in range(count):
                app.send_task("bare.plan", [generate_day(routes, seed)["routes"]], queue=SMALL)

        def finished() -> int:
            return sum(1 for _ in redis.scan_iter("celery-task-meta-*", 1000))

        send(_WARM_UP)
        wait_until(lambda: finished() == _WARM_UP)
        app.control.cancel_consumer(SMALL, reply=True)
        send(jobs)
        began = time.perf_counter()
        app.control.add_consumer(SMALL)
        wait_until(lambda: finished() == _WARM_UP + jobs)
        seconds = time.perf_counter() - began
    worker.terminate()
    worker.wait()
    return seconds


def _ours(one: Stage, jobs: int, routes: int) -> float:
    """Seconds of the same jobs, kept in the store."""
    settings = one.settings
    with closing(open_database(settings)) as database, closing(Broker(settings)) as broker:
        upgrade(database.engine)
        one.start_worker()

        def send(count: int) -> None:
            for seed in range(count):
                content = json.dumps(generate_day(routes, seed)["routes"])
                with database.writing() as session:
                    submit(session, Submission(content, routes, "benchmark", SMALL))
            relay(database, broker, again_s=3600)

        send(_WARM_UP)
        wait_until(lambda: _completed(database) == _WARM_UP)
        with closing(Celery(broker=settings.redis_url)) as app:
            app.control.cancel_consumer(SMALL, reply=True)
            send(jobs)
            began = time.perf_counter()
            app.control.add_consumer(SMALL)
            wait_until(lambda: _completed(database) == _WARM_UP + jobs)
        return time.perf_counter() - began


def _completed(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Job.state == State.COMPLETED)) or 0


if __name__ == "__main__":
    main()
