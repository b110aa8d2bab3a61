"""The rules for what a plan document states beside its trips: clock times, figures and the certificate.

A plan can refute the bound that is stated with it, but not confirm it: that takes the proof.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.errors import Finding
from tutti.fleet.fields import described
from tutti.fleet.kpis import kpis
from tutti.fleet.plan import Block, Bound, Plan, PlannedTrip, Status, relative_gap
from tutti.fleet.problem import Problem, Trip, clock
from tutti.fleet.rules import Violation, check

_ROUNDING = {"deadhead_km": 0.051, "trips_per_bus": 0.051, "gap": 0.00051}  # what others may have rounded to


@dataclass(frozen=True, slots=True)
class Statements:
    """A document with a plan of `day`; driven = that plan with ends, shifts and deadheads as they really are."""

    document: Mapping[str, Any]
    day: Day
    driven: Plan
    keeps_rules: bool

    @property
    def certificate(self) -> Mapping[str, Any]:
        """Empty if there is none."""
        certificate = self.document.get("certificate")
        return certificate if isinstance(certificate, dict) else {}

    @property
    def bound(self) -> Bound | None:
        """The bound, if numbers are stated for it."""
        stated = self.certificate.get("bound")
        if not isinstance(stated, dict) or type(stated.get("buses")) is not int:
            return None
        deadhead = stated.get("deadhead_min")
        return Bound(stated["buses"], deadhead if type(deadhead) is int else None)


StatementRule = Callable[[Statements], Iterator[Finding]]


def check_document(day: Day, content: object) -> list[Violation]:
    """Every rule that the plan in a document breaks, and everything that the document states and isn't so.

    What is not stated is not missed, and figures of other names than `kpis` has are not looked at. Raises InputError
    if `content` has not the form of a plan.
    """
    plan, problem = read_plan(content), day.problem()
    violations = check(problem, plan)
    driven = _as_driven(problem, plan)
    if driven is None:  # unknown routes, which the rules have said
        return violations
    stated = Statements(cast(Mapping[str, Any], content), day, driven, keeps_rules=not violations)
    return violations + [
        Violation(rule.__name__, finding.path, finding.message) for rule in STATEMENT_RULES for finding in rule(stated)
    ]


def clock_times_are_those_of_the_minutes(stated: Statements) -> Iterator[Finding]:
    """People read `start` and `end`, programs `start_min` and `end_min`: they must not be told different things."""
    for number, block in enumerate(stated.document["blocks"]):
        for place, trip in enumerate(block["trips"]):
            for name in ("start", "end"):
                time = clock(trip[f"{name}_min"])
                if trip.get(name, time) != time:
                    path = f"blocks[{number}].trips[{place}].{name}"
                    yield Finding(path, f"is {described(trip[name])}, but {name}_min says {time}")


def figures_are_those_of_the_plan(stated: Statements) -> Iterator[Finding]:
    """Planners compare plans by their figures before they look at a single trip."""
    yield from _differences(stated.document.get("kpis"), "kpis", kpis(stated.day, stated.driven))


def the_objective_is_that_of_the_plan(stated: Statements) -> Iterator[Finding]:
    """A proof about other numbers than those of the plan proves nothing about it."""
    stated_objective = stated.certificate.get("objective")
    yield from _differences(stated_objective, "certificate.objective", asdict(stated.driven.objective))


def the_plan_does_not_refute_the_bound(stated: Statements) -> Iterator[Finding]:
    """A plan that keeps all rules with less than the bound shows that the bound is wrong."""
    bound, objective = stated.bound, stated.driven.objective
    if bound is None or not stated.keeps_rules:
        return
    if objective.buses < bound.buses:
        yield Finding("certificate.bound.buses", f"is {bound.buses}, but the plan does with {objective.buses}")
    elif objective.buses == bound.buses and objective.deadhead_min < (bound.deadhead_min or 0):
        message = f"is {bound.deadhead_min}, but the plan does with {objective.deadhead_min}"
        yield Finding("certificate.bound.deadhead_min", message)


def the_gap_is_that_to_the_bound(stated: Statements) -> Iterator[Finding]:
    """The gap is worked out from objective and bound, so it can't say anything else."""
    if stated.bound is not None:
        gap = relative_gap(stated.driven.objective, stated.bound)
        yield from _differences(stated.certificate, "certificate", {"gap": gap})


def the_status_fits(stated: Statements) -> Iterator[Finding]:
    """`optimal` takes a bound that the plan meets; `infeasible` takes a route that no bus can run."""
    status = stated.certificate.get("status")
    path = "certificate.status"
    if status is None:
        return
    if status not in list(Status):
        yield Finding(path, f"must be one of {', '.join(Status)}, not {described(status)}")
    if status == Status.OPTIMAL and (stated.bound is None or relative_gap(stated.driven.objective, stated.bound) != 0):
        yield Finding(path, "is optimal, but no bound is stated that the plan meets in buses and deadhead")
    if status == Status.INFEASIBLE and next(stated.day.problem().obstacles(), None) is None:
        yield Finding(path, "is infeasible, but each route can be run by a bus of its own")


STATEMENT_RULES: tuple[StatementRule, ...] = (
    clock_times_are_those_of_the_minutes,
    figures_are_those_of_the_plan,
    the_objective_is_that_of_the_plan,
    the_plan_does_not_refute_the_bound,
    the_gap_is_that_to_the_bound,
    the_status_fits,
)
"""All of them, in the order in which `check_document` reports."""


def _differences(stated: object, path: str, real: Mapping[str, int | float | None]) -> Iterator[Finding]:
    """A finding for each stated number that isn't the real one."""
    if stated is None:
        return
    if not isinstance(stated, dict):
        yield Finding(path, f"must be an object with fields in braces, not {described(stated)}")
        return
    for name, value in real.items():
        if name in stated and not _is_close(stated[name], value, _ROUNDING.get(name, 0)):
            yield Finding(f"{path}.{name}", f"is {described(stated[name])}, but the plan amounts to {described(value)}")


def _is_close(stated: object, real: int | float | None, rounding: float) -> bool:
    if isinstance(stated, bool) or not isinstance(stated, int | float) or real is None:
        return stated is real
    return real - rounding <= stated <= real + rounding


def _as_driven(problem: Problem, plan: Plan) -> Plan | None:
    """The same routes at the same starts, with the rest taken from the problem; None if it doesn't know a route."""
    trips = {trip.id: trip for trip in problem.trips}
    if any(planned.route_id not in trips for block in plan.blocks for planned in block.trips):
        return None
    return Plan(tuple(replace(block, trips=tuple(_driven(problem, block, trips))) for block in plan.blocks))


def _driven(problem: Problem, block: Block, trips: Mapping[str, Trip]) -> Iterator[PlannedTrip]:
    before = None
    for planned in block.trips:
        trip = trips[planned.route_id]
        yield PlannedTrip(
            route_id=trip.id,
            start_min=planned.start_min,
            end_min=planned.start_min + trip.duration_min,
            shift_min=planned.start_min - trip.asked_min,
            deadhead_before_min=0 if before is None else problem.travel.minutes(before.destination, trip.origin),
        )
        before = trip
