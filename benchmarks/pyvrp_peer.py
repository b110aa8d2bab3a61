"""Solves a day with PyVRP on the model that `tutti solve` has, and writes the plan in the form of `tutti solve`.

A route is a client with its window of starts and its duration; a link takes and costs its deadhead minutes; waiting is
free. Each type of bus has a profile in which what it costs to run a route is part of the way to it, and where a route
that it may not run is farther away than the day is long.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from tutti.fleet.document import plan_document
from tutti.fleet.plan import Certificate, Plan, Status
from tutti.fleet.problem import Problem
from tutti.fleet.reading import load_json, read_day
from tutti.optimizer.model.arcs import NO_ARC, Arcs, Ints
from tutti.optimizer.model.plans import plan_of
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.whole_blocks import WholeBlocks

_NO_LIMIT_MIN = 100_000


def main() -> None:
    """Solve one day."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("day", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--unit-min", type=int, default=1000, help="what a unit of cost (a bus) is worth (default: 1000)"
    )
    args = parser.parse_args()
    day = read_day(load_json(args.day))
    problem = day.problem()
    began = time.perf_counter()
    plan = plan_by_pyvrp(problem, args.seconds, seed=args.seed, unit_min=args.unit_min)
    if plan is None:
        parser.exit(1, "PyVRP found no feasible plan\n")
    certificate = Certificate(Status.STOPPED, plan.objective, None, time.perf_counter() - began)
    args.plan.write_text(json.dumps(plan_document(day, plan, certificate)))


def plan_by_pyvrp(problem: Problem, seconds: float, *, seed: int = 1, unit_min: int | None = None) -> Plan | None:
    """The best plan that it finds in so many seconds; None if it finds none.

    unit_min: deadhead minutes that a unit of the first level is worth; None: so many that the cheapest bus is worth ten
    times the longest drive, and 1000 at least.
    """
    if problem.limits.break_after_min is not None:
        raise SystemExit("this model of PyVRP has no breaks")
    arcs = Arcs.of(problem)
    vehicles = Vehicles.of(problem, arcs)
    longest = int(arcs.travel[arcs.travel < NO_ARC].max(initial=0))
    cheapest = max(1, int(vehicles.fixed.min()))
    unit = unit_min or -(-max(1000, 10 * longest) // cheapest)
    data = _model(problem, arcs, vehicles, unit)
    found = pyvrp.solve(data, stop=MaxRuntime(seconds), seed=seed, display=False)
    if not found.best.is_feasible():
        return None
    routes = found.best.routes()
    chains = [[stop.idx for stop in route if stop.is_client()] for route in routes]
    plan = plan_of(problem, arcs, chains, [vehicles.kinds[route.vehicle_type()] for route in routes])
    return WholeBlocks(problem, arcs).kept_by(plan)  # which starts blocks so that they are short enough


def _model(problem: Problem, arcs: Arcs, vehicles: Vehicles, unit: int) -> pyvrp.ProblemData:
    """A location for each route, after one that is the depot of every kind; pulls are ways from it and to it."""
    clients = [
        pyvrp.Client(at, service_duration=trip.duration_min, tw_early=trip.earliest_min, tw_late=trip.latest_min)
        for at, trip in enumerate(problem.trips, 1)
    ]
    buses, durations, costs = [], [], []
    for kind in range(vehicles.size):
        minutes = minutes_of(arcs, vehicles, kind)
        running = unit * int(vehicles.per_service[kind]) * np.concatenate([[0], arcs.duration])
        costs.append((1 + unit * int(vehicles.per_deadhead[kind])) * minutes + running)
        np.fill_diagonal(costs[-1], 0)
        durations.append(minutes)
        count = int(vehicles.count[vehicles.type_of[kind]])
        fixed = unit * int(vehicles.fixed[kind])
        buses.append(pyvrp.VehicleType(count, fixed_cost=fixed, profile=kind, shift_duration=longest_min(problem)))
    locations = [pyvrp.Location(0, 0) for _ in range(arcs.n + 1)]  # only the tables of minutes count
    return pyvrp.ProblemData(locations, clients, [pyvrp.Depot(0)], buses, costs, durations)


def longest_min(problem: Problem) -> int:
    """What a block may take at most; where there is no limit, more than any can."""
    return problem.limits.longest_min or _NO_LIMIT_MIN


def minutes_of(arcs: Arcs, vehicles: Vehicles, kind: int) -> Ints:
    """From each place to each, for a kind of bus: 0 is its depot, k + 1 where route k ends or begins."""
    first_end, last_start = int((arcs.earliest + arcs.duration).min()), int(arcs.latest.max())
    too_long = max(0, last_start - first_end) + 1  # for a way between trips
    minutes = np.full((arcs.n + 1, arcs.n + 1), too_long, dtype=np.int64)
    minutes[1:, 1:] = np.where(arcs.travel < NO_ARC, arcs.travel, too_long)
    minutes[0, 1:] = vehicles.pull_out[kind]
    minutes[1:, 0] = vehicles.pull_in[kind]
    minutes[:, 1:][:, ~vehicles.able[kind]] = last_start + 1  # too long from the depot, too: buses leave it from 0 on
    np.fill_diagonal(minutes, 0)
    return minutes


if __name__ == "__main__":
    main()
