"""The rules for what a plan document states beside its trips: clock times, figures and the certificate.

A plan can refute the bound that is stated with it, but not confirm it: that takes the proof (`proven`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from tutti.fleet.day import Day
from tutti.fleet.document import objective_document, read_plan
from tutti.fleet.errors import Finding
from tutti.fleet.fields import described
from tutti.fleet.kpis import kpis
from tutti.fleet.obstacles import obstacles
from tutti.fleet.plan import Block, Bound, Plan, PlannedTrip, Status, relative_gap
from tutti.fleet.problem import Problem, Trip, clock
from tutti.fleet.proof_document import read_proof
from tutti.fleet.proven import proven_bound
from tutti.fleet.rules import Violation, check
from tutti.fleet.week import parts, patterns

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
        wanted = ("buses", "deadhead_min", self.day.options.cost_name)
        if not isinstance(stated, dict):
            return None
        buses, deadhead, cost = (stated[name] if type(stated.get(name)) is int else None for name in wanted)
        if buses is None or (cost is None and self.day.options.cost_name is not None):
            return None
        return Bound(buses, deadhead, cost)


StatementRule = Callable[[Statements], Iterator[Finding]]


def check_document(day: Day, content: object) -> list[Violation]:
    """Every rule that the plan in a document breaks, and everything that the document states and isn't so.

    What is not stated is not missed, and figures of other names than `kpis` has are not looked at. Raises InputError
    if `content` has not the form of a plan.
    """
    if not day.options.week and not (isinstance(content, dict) and "other_days" in content):
        return _check_day(day, content)
    read_plan(content)
    unplanned = dict.fromkeys(code for pattern in patterns(day) for code in pattern.codes)
    violations = []
    for path, part in parts(cast(Mapping[str, Any], content)):
        for on_day in _days_of(day, path, part, content):
            violations += [replace(found, path=f"{path}.{found.path}".strip(".")) for found in _check_day(on_day, part)]
        for code in part.get("days", ()):
            unplanned.pop(code, None)
    missing = [Violation("every_day_is_planned", "other_days", f"no plan is for day {code}") for code in unplanned]
    return violations + missing


def proven_again(day: Day, content: object) -> Iterator[tuple[Sequence[str], Bound | None, Plan]]:
    """What the proofs that a document holds prove of plans, worked out again, without the optimizer.

    (codes of the days, none if it is of one day; the bound, None of a plan that drops routes: proofs are about plans
    that run all; the plan). Raises InputError if one has not the form of a proof.
    """
    for path, part in parts(cast(Mapping[str, Any], content)):
        if "proof" not in part:
            continue
        proof, plan = read_proof(part["proof"], f"{path}.proof".strip(".")), read_plan(part)
        for on_day in _days_of(day, path, part, content) if "days" in part else [day]:
            yield part.get("days", ()), None if plan.dropped else proven_bound(on_day.problem(), proof), plan


def _days_of(day: Day, path: str, part: Mapping[str, Any], week: object) -> Iterator[Day]:
    """A day for each set of routes that run on the days that a part of the document of a week says it is for."""
    earlier = read_plan(week) if path else day.earlier
    for code in _first_of_each_pattern(day, part):
        yield replace(day, options=replace(day.options, day=code), earlier=earlier)


def _first_of_each_pattern(day: Day, part: Mapping[str, Any]) -> Iterator[str]:
    """A weekday for each set of routes that run on the days that a part says it is for: it should be one."""
    for pattern in patterns(day):
        yield from [code for code in pattern.codes if code in part.get("days", ())][:1]


def _check_day(day: Day, content: object) -> list[Violation]:
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
    claimed, real = stated.document.get("kpis"), kpis(stated.day, stated.driven)
    by_type, _ = real.pop("by_type", {}), real.pop("changes", None)
    yield from _differences(claimed, "kpis", real)
    claimed_by_type = claimed.get("by_type") if isinstance(claimed, dict) else None
    if not isinstance(claimed_by_type, dict):
        return
    for name, figures in by_type.items():
        yield from _differences(claimed_by_type.get(name), f"kpis.by_type.{name}", figures)


def the_objective_is_that_of_the_plan(stated: Statements) -> Iterator[Finding]:
    """A proof about other numbers than those of the plan proves nothing about it."""
    stated_objective = stated.certificate.get("objective")
    real = objective_document(stated.driven.objective, stated.day.options.cost_name)
    yield from _differences(stated_objective, "certificate.objective", real)


def the_plan_does_not_refute_the_bound(stated: Statements) -> Iterator[Finding]:
    """A plan that keeps all rules with less than the bound shows that the bound is wrong."""
    bound, objective = stated.bound, stated.driven.objective
    if bound is None or not stated.keeps_rules:
        return
    name = stated.day.options.cost_name
    if objective.buses < bound.buses:
        yield Finding("certificate.bound.buses", f"is {bound.buses}, but the plan does with {objective.buses}")
    elif name is not None and objective.first_level < bound.first_level:
        message = f"is {bound.first_level}, but the plan does with {objective.first_level}"
        yield Finding(f"certificate.bound.{name}", message)
    elif objective.first_level == bound.first_level and objective.deadhead_min < (bound.deadhead_min or 0):
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
    level = "buses" if stated.day.options.cost_name is None else "cost"
    if status is None:
        return
    if status not in list(Status):
        yield Finding(path, f"must be one of {', '.join(Status)}, not {described(status)}")
    if status == Status.OPTIMAL and (stated.bound is None or relative_gap(stated.driven.objective, stated.bound) != 0):
        yield Finding(path, f"is optimal, but no bound is stated that the plan meets in {level} and deadhead")
    if status == Status.INFEASIBLE and not obstacles(stated.day.problem()):
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
    trips = problem.trips_by_id
    if any(planned.route_id not in trips for block in plan.blocks for planned in block.trips):
        return None
    types = problem.types_by_name
    blocks = []
    for block in plan.blocks:
        driven = tuple(_driven(problem, block, trips))
        vehicle = types.get(block.vehicle_type)
        pull_out_min, pull_in_min = _pulls(problem, block, trips)
        moved = replace(block, trips=driven, pull_out_min=pull_out_min, pull_in_min=pull_in_min)
        blocks.append(moved if vehicle is None else moved.priced(vehicle))
    return replace(plan, blocks=tuple(blocks))


def _pulls(problem: Problem, block: Block, trips: Mapping[str, Trip]) -> tuple[int, int]:
    depot = next((depot for depot in problem.depots if depot.name == block.depot), None)
    if depot is None or not block.trips:
        return 0, 0
    first, last = (trips[block.trips[place].route_id] for place in (0, -1))
    return problem.pull_out_min(depot, first), problem.pull_in_min(last, depot)


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
