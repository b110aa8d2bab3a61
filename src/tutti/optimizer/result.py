"""What a solve gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutti.fleet.plan import Certificate, Plan


@dataclass(frozen=True, slots=True)
class Result:
    """A plan (None only when infeasible), what is proven about it, and statistics by stage: seconds, rounds, sizes."""

    plan: Plan | None
    certificate: Certificate
    statistics: Mapping[str, float] = field(default_factory=dict)
