"""What a solve gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutti.fleet.plan import Certificate, Plan
from tutti.optimizer.bounds.proof import Proof


@dataclass(frozen=True, slots=True)
class Result:
    """A plan (None only when infeasible), what is proven about it, the seconds of each stage, and evidence."""

    plan: Plan | None
    certificate: Certificate
    statistics: Mapping[str, float] = field(default_factory=dict)
    proof: Proof = field(default_factory=Proof)
