"""What is wrong with a plan that a benchmark made."""

from measuring import complain
from tutti.fleet.plan import Plan
from tutti.fleet.problem import Problem
from tutti.fleet.rules import check


def is_sound(name: str, problem: Problem, plan: Plan | None) -> bool:
    """Whether there is a plan that keeps every rule; complaints say by `name` what is not so."""
    broken = ["there is no plan"] if plan is None else check(problem, plan)
    for violation in broken:
        complain(f"{name}: {violation}")
    return not broken
