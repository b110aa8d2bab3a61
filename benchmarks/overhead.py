"""What the service adds to a solve, from the request to the plan in the client's hands, beside the bare solver.

One job at a time, through API, broker, worker and back; the bare solver plans the same days in this process, warm.
What is added is counted from the seconds that the solver itself took for that job, not from another solve of its day.
"""

import argparse
import statistics
import time

import httpx

from measuring import Table
from stage import stage
from tutti.fleet.document import plan_document
from tutti.fleet.generate import generate_day
from tutti.fleet.reading import read_day
from tutti.optimizer import solve

_WARM_UP = 10


def main() -> None:
    """Print the percentiles of both, and what is between them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100, metavar="N")
    parser.add_argument("--routes", type=int, default=200, metavar="N")
    args = parser.parse_args()
    days = [generate_day(args.routes, seed)["routes"] for seed in range(args.jobs)]
    warm_up = days[:_WARM_UP]
    bare = [_bare(day) for day in (*warm_up, *days)][len(warm_up) :]
    with stage(TUTTI_WORKER_CONCURRENCY="1") as one:
        host, port = one.start_api()
        one.start_worker()
        with httpx.Client(base_url=f"http://{host}:{port}", timeout=60, headers={"Prefer": "wait=60"}) as client:
            ours = [_served(client, day) for day in (*warm_up, *days)][len(warm_up) :]
    table = Table(["way", "jobs", "routes", "p50 ms", "p95 ms"])
    served, added = [one for one, _ in ours], [all_of_it - solving for all_of_it, solving in ours]
    for name, seconds in (("bare solver", bare), ("Tutti", served), ("added", added)):
        quantiles = statistics.quantiles(seconds, n=20, method="inclusive")
        table.row([name, args.jobs, args.routes, 1000 * quantiles[9], 1000 * quantiles[18]])


def _bare(routes: list[object]) -> float:
    began = time.perf_counter()
    day = read_day(routes)
    result = solve(day.problem())
    plan_document(day, result.plan, result.certificate)
    return time.perf_counter() - began


def _served(client: httpx.Client, routes: list[object]) -> tuple[float, float]:
    """Seconds until the plan is here, and those of solving in them."""
    began = time.perf_counter()
    answer = client.post("/v1/jobs", json=routes)
    answer.raise_for_status()
    plan = answer.json()["plan"]
    return time.perf_counter() - began, plan["certificate"]["seconds"]


if __name__ == "__main__":
    main()
