"""Finds the fewest buses for a day and proves it."""

import time
from collections.abc import Sequence

from tutti.fleet.plan import Block, Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.problem import Problem
from tutti.optimizer.callbacks import Callback
from tutti.optimizer.result import Result
from tutti.optimizer.stop import Stop, never


def solve(
    problem: Problem,
    *,
    stop: Stop = never,
    seed: int = 0,
    initial: Plan | None = None,
    callbacks: Sequence[Callback] = (),
) -> Result:
    """Placeholder: one bus a trip."""
    began = time.monotonic()
    blocks = tuple(
        Block(
            f"B{number:04d}",
            problem.vehicle_type.name,
            problem.vehicle_type.seats,
            (PlannedTrip(t.id, t.asked_min, t.asked_min + t.duration_min, 0, 0),),
        )
        for number, t in enumerate(problem.trips, 1)
    )
    plan = Plan(blocks)
    certificate = Certificate(Status.FEASIBLE, plan.objective, Bound(min(1, len(blocks))), time.monotonic() - began)
    return Result(plan, certificate)
