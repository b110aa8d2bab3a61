"""`GET /v1/jobs` over a store of many jobs, beside `GET /livez` of the same service, which asks no store."""

import argparse
from contextlib import closing

from sqlalchemy import insert, text

from callers import call, get
from measuring import Table
from stage import stage
from tutti.jobs.database import Database
from tutti.jobs.schema import upgrade
from tutti.jobs.states import State
from tutti.jobs.tables import Job, JobEvent, JobPayload, JobResult

_BATCH = 5000
_STATES = (State.COMPLETED,) * 18 + (State.FAILED, State.CANCELLED)  # none waits: the service would run it meanwhile
_TEXT = "x" * 2000  # of a payload and of a result: lists must not care


def main() -> None:
    """Print a row a request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100_000, metavar="N")
    parser.add_argument("--calls", type=int, default=500, metavar="N")
    args = parser.parse_args()
    half = args.jobs // 2
    table = Table(["request", "jobs", "calls", "p50 ms", "p95 ms", "errors"])
    with stage(TUTTI_BROKER_URL="") as one:
        with closing(Database(one.settings)) as database:
            upgrade(database.engine)
            _fill(database, args.jobs)
        address = one.start_api()
        for path in (
            "/livez",
            "/v1/jobs",
            f"/v1/jobs?cursor={half}",
            "/v1/jobs?status=failed",
            "/v1/jobs?status=failed&status=cancelled",
            "/v1/jobs?status=running",
            "/v1/jobs?limit=500",
        ):
            call(address, get(path), clients=1, calls=20)
            calls = call(address, get(path), clients=1, calls=args.calls)
            row = [path, args.jobs, args.calls, calls.quantile_ms(0.5), calls.quantile_ms(0.95), calls.errors]
            table.row(row)


def _fill(database: Database, jobs: int) -> None:
    """Store jobs of all states at their end, each with payload and events, finished ones with a result."""
    for first in range(0, jobs, _BATCH):
        numbers = range(first, min(jobs, first + _BATCH))
        states = [_STATES[number % len(_STATES)] for number in numbers]
        ids = [f"job-{number:06d}" for number in numbers]
        with database.writing() as session:
            same = {"queue": "nobody's", "route_count": 20, "client": "benchmark", "content_sha256": "0" * 64}
            session.execute(
                insert(Job), [{"id": one, "state": state, **same} for one, state in zip(ids, states, strict=True)]
            )
            session.execute(insert(JobPayload), [{"job_id": one, "content": _TEXT} for one in ids])
            session.execute(insert(JobResult), [{"job_id": one, "document": _TEXT} for one in ids])
            events = [{"number": 1, "kind": "queued", "data": {}}, {"number": 2, "kind": "completed", "data": {}}]
            session.execute(insert(JobEvent), [{"job_id": one, **event} for one in ids for event in events])
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


if __name__ == "__main__":
    main()
