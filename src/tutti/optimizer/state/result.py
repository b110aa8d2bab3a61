"""What a solve gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutti.fleet.plan import Certificate, Plan
from tutti.fleet.problem import Problem
from tutti.fleet.proof import Proof


@dataclass(frozen=True, slots=True)
class Result:
    """A plan (None only when infeasible), what is proven about it, the seconds of each stage, and evidence."""

    plan: Plan | None
    certificate: Certificate
    statistics: Mapping[str, float] = field(default_factory=dict)
    proof: Proof = field(default_factory=Proof)


def none_found(problem: Problem) -> str:
    """What is said where neither a plan was found nor that there is none."""
    if problem.limits.any:
        return "no plan was found that keeps the rules about blocks with as few buses as there are"
    return "no plan was found with as few buses as the fleet has, but that there is none is not proven"


def too_few_buses(needed: int, there: int) -> str:
    """Why there is no plan."""
    return f"at least {needed} buses are needed whatever their types, the fleet has {there}"
