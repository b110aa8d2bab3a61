"""Where an interrupted solve stood, read from the last document of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutti.fleet.document import read_certificate, read_plan
from tutti.fleet.plan import Bound, Certificate, Plan, Status
from tutti.fleet.week import parts

_ENDED = (Status.OPTIMAL, Status.FEASIBLE, Status.INFEASIBLE)


@dataclass(frozen=True, slots=True)
class Standing:
    """The plan of a part of it so far, the bound that was proven with it, and its certificate if it had ended."""

    plan: Plan | None = None
    known: Bound | None = None
    ended: Certificate | None = None


def stood_at(document: Mapping[str, Any], cost_name: str | None) -> dict[tuple[str, ...], Standing]:
    """Where each part of it stood, by its days: of a week each pattern that has a plan, else the day by ().

    cost_name: what the day's costs are called, None if it has none. InputError, KeyError,
    TypeError or ValueError for what is no document of a plan.
    """
    return {tuple(part.get("days", ())): _stood_at(part, cost_name) for _, part in parts(document)}


def _stood_at(part: Mapping[str, Any], cost_name: str | None) -> Standing:
    certificate = read_certificate(part["certificate"], cost_name)
    plan = read_plan(part) if certificate.objective is not None else None
    return Standing(plan, certificate.bound, certificate if certificate.status in _ENDED else None)
