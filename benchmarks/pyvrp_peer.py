"""Solves a day with PyVRP on the model that `tutti solve` has, and writes the plan in the form of `tutti solve`.

A route is a client with its window of starts and its duration; a link takes and costs its deadhead minutes; a bus has a
fixed cost; driving to the first route and from the last one is free, as is waiting.
"""

import argparse
import json
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from tutti.fleet.document import plan_document
from tutti.fleet.plan import Block, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.problem import Problem
from tutti.fleet.reading import load_json, read_day


def main() -> None:
    """Solve one day."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("day", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bus-cost", type=int, default=1000, help="in deadhead minutes (default: 1000)")
    args = parser.parse_args()
    day = read_day(load_json(args.day))
    problem = day.problem()
    began = time.perf_counter()
    plan = plan_by_pyvrp(problem, args.seconds, seed=args.seed, bus_cost=args.bus_cost)
    if plan is None:
        parser.exit(1, "PyVRP found no feasible plan\n")
    certificate = Certificate(Status.STOPPED, plan.objective, None, time.perf_counter() - began)
    args.plan.write_text(json.dumps(plan_document(day, plan, certificate)))


def plan_by_pyvrp(problem: Problem, seconds: float, *, seed: int = 1, bus_cost: int | None = None) -> Plan | None:
    """The best plan that it finds in so many seconds for a fleet of equal buses; None if it finds none.

    bus_cost: in units of deadhead; None: ten times the longest drive, at least 1000.
    """
    if len(problem.vehicle_types) > 1 or problem.depots:
        raise SystemExit("this model of PyVRP has equal buses and no depots")
    data = _model(problem, bus_cost)
    found = pyvrp.solve(data, stop=MaxRuntime(seconds), seed=seed, display=False)
    if not found.best.is_feasible():
        return None
    return _plan(problem, [[stop.idx for stop in route if stop.is_client()] for route in found.best.routes()])


def _model(problem: Problem, bus_cost: int | None) -> pyvrp.ProblemData:
    trips = problem.trips
    depot, size = 0, len(trips) + 1
    minutes = np.zeros((size, size), dtype=np.int64)
    ends, starts = [trip.destination for trip in trips], [trip.origin for trip in trips]
    minutes[1:, 1:] = problem.travel.matrix(ends, starts)
    np.fill_diagonal(minutes, 0)
    clients = [
        pyvrp.Client(at, service_duration=trip.duration_min, tw_early=trip.earliest_min, tw_late=trip.latest_min)
        for at, trip in enumerate(trips, depot + 1)
    ]
    bus = pyvrp.VehicleType(num_available=len(trips), fixed_cost=bus_cost or max(1000, 10 * int(minutes.max())))
    locations = [pyvrp.Location(0, 0) for _ in range(size)]  # only the table of minutes counts
    return pyvrp.ProblemData(locations, clients, [pyvrp.Depot(depot)], [bus], [minutes], [minutes])


def _plan(problem: Problem, routes: list[list[int]]) -> Plan:
    """Blocks of the given trips by number, each trip as early as it can be."""
    (bus,) = problem.vehicle_types
    blocks = []
    for number, route in enumerate(routes, 1):
        trips = [problem.trips[trip] for trip in route]
        travel = [problem.travel.minutes(before.destination, after.origin) for before, after in pairwise(trips)]
        planned: list[PlannedTrip] = []
        free_from = trips[0].earliest_min
        for trip, deadhead in zip(trips, [0, *travel], strict=True):
            start = max(trip.earliest_min, free_from + deadhead)
            free_from = start + trip.duration_min
            planned.append(PlannedTrip(trip.id, start, free_from, start - trip.asked_min, deadhead))
        blocks.append(Block(f"P{number}", bus.name, bus.seats, tuple(planned)))
    return Plan(tuple(blocks))


if __name__ == "__main__":
    main()
