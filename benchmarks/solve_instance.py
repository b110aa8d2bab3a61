"""Plans one instance of a set in this process and prints what came of it as one line of JSON."""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checking import Vehicle, write_vehicles
from instances import READERS
from judging import is_sound
from tutti.fleet.plan import Block, Bound, Plan, Status
from tutti.fleet.problem import Problem
from tutti.optimizer import solve, time_limit


def main() -> None:
    """Read, plan, check, print; ends with 1 if the plan breaks a rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=READERS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--by", choices=["tutti", "pyvrp", "ortools"], default="tutti")
    parser.add_argument("--vehicles", type=Path, metavar="FILE", help="write the plan there as checkers read it")
    args = parser.parse_args()
    problem = READERS[args.set](args.file)
    began = time.perf_counter()
    if args.by == "tutti":
        result = solve(problem, stop=time_limit(args.seconds))
        plan, bound, status = result.plan, result.certificate.bound, result.certificate.status
    else:
        plan, bound, status = _peer(args.by)(problem, args.seconds), None, Status.STOPPED
    print(json.dumps(_told(problem, plan, bound, status) | {"seconds": time.perf_counter() - began}))
    if plan is not None and args.vehicles is not None:
        write_vehicles(args.vehicles, [_vehicle(block) for block in plan.blocks])
    parser.exit(0 if is_sound(args.file.name, problem, plan) else 1)


def _peer(name: str) -> Callable[[Problem, float], Plan | None]:
    """What plans a problem in so many seconds; imported only where it is wanted."""
    if name == "ortools":
        from ortools_peer import plan_by_ortools  # noqa: PLC0415

        return plan_by_ortools
    from pyvrp_peer import plan_by_pyvrp  # noqa: PLC0415  # only of the benchmarks' dependencies

    return plan_by_pyvrp


def _vehicle(block: Block) -> Vehicle:
    return Vehicle(block.seats, block.depot, [(trip.route_id, trip.start_min) for trip in block.trips])


def _told(problem: Problem, plan: Plan | None, bound: Bound | None, status: Status) -> dict[str, Any]:
    """First level of the objective and its bound, deadhead and its bound, and how it ended."""
    told: dict[str, Any] = {"trips": len(problem.trips), "status": status.value}
    if plan is not None:
        told |= {"level": plan.objective.first_level, "deadhead": plan.objective.deadhead_min}
    if bound is not None:
        told |= {"least_level": bound.first_level, "least_deadhead": bound.deadhead_min}
    return told


if __name__ == "__main__":
    main()
