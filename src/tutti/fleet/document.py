"""The plan as JSON: blocks with times, figures, the certificate and the warnings; and the way back."""

from collections.abc import Iterator, Mapping
from typing import Any

from tutti.fleet.changes import named_after
from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import Fields, listed
from tutti.fleet.kpis import cost_figures, kpis
from tutti.fleet.plan import Block, Bound, Certificate, Objective, Plan, PlannedTrip, Status
from tutti.fleet.problem import clock
from tutti.fleet.proof import Proof
from tutti.fleet.proof_document import proof_document

_MOST = 2**31
_MOST_COST = 2**53


def plan_document(day: Day, plan: Plan | None, certificate: Certificate, proof: Proof | None = None) -> dict[str, Any]:
    """The answer to a day as JSON objects; without a plan (infeasible) it has no blocks and no kpis.

    proof: of the certificate's bound; in the document if that is asked for.
    """
    if plan is not None and day.earlier is not None:
        plan = named_after(day.earlier, plan)
    return {
        "blocks": [] if plan is None else [_block(block) for block in plan.blocks],
        **({} if plan is None or not day.options.may_drop else {"dropped": list(plan.dropped)}),
        "kpis": {} if plan is None else kpis(day, plan),
        "certificate": certificate_document(certificate, day.options.cost_name),
        **({"proof": proof_document(proof)} if proof and plan is not None and day.options.proof else {}),
        "warnings": [*day.warnings, *_left_out(plan)],
    }


def _left_out(plan: Plan | None) -> Iterator[str]:
    if plan is not None and plan.dropped:
        yield f"{len(plan.dropped)} route(s) are dropped, nobody drives them: {listed(plan.dropped, most=20)}"


def _block(block: Block) -> dict[str, Any]:
    costs = {"fixed_cost": block.fixed_cost, "running_cost": block.running_cost}
    pulls = {"depot": block.depot, "pull_out_min": block.pull_out_min, "pull_in_min": block.pull_in_min}
    return {
        "id": block.id,
        "vehicle_type": block.vehicle_type,
        "seats": block.seats,
        **({} if block.fixed_cost is None else costs),
        **({} if block.depot is None else pulls),
        "trips": [_trip(trip) for trip in block.trips],
    }


def _trip(trip: PlannedTrip) -> dict[str, Any]:
    return {
        "route_id": trip.route_id,
        "start": clock(trip.start_min),
        "end": clock(trip.end_min),
        "start_min": trip.start_min,
        "end_min": trip.end_min,
        "shift_min": trip.shift_min,
        "deadhead_before_min": trip.deadhead_before_min,
    }


def certificate_document(certificate: Certificate, cost_name: str | None) -> dict[str, Any]:
    """A certificate as JSON objects. cost_name: what the first level is called where it is cost, else None."""
    objective, bound = certificate.objective, certificate.bound
    return {
        "status": certificate.status.value,
        "objective": None if objective is None else objective_document(objective, cost_name),
        "bound": None if bound is None else _bound(bound, cost_name),
        "gap": certificate.gap,
        "seconds": round(certificate.seconds, 3),
        "stop_reason": certificate.stop_reason,
        "reasons": list(certificate.reasons),
    }


def read_certificate(stated: Mapping[str, Any], cost_name: str | None) -> Certificate:
    """What `certificate_document` wrote with this cost_name. KeyError, TypeError or ValueError for anything else."""
    objective, bound = stated["objective"], stated["bound"]
    return Certificate(
        Status(stated["status"]),
        None if objective is None else _read_objective(objective, cost_name),
        None if bound is None else _read_bound(bound, cost_name),
        float(stated["seconds"]),
        stated["stop_reason"],
        tuple(stated["reasons"]),
    )


def _read_objective(stated: Mapping[str, Any], cost_name: str | None) -> Objective:
    fixed = None if cost_name is None else stated["fixed_cost"]
    minutes = (stated["buses"], stated["deadhead_min"], stated["shift_min"])
    return Objective(*minutes, fixed, stated.get("running_cost", 0))


def _read_bound(stated: Mapping[str, Any], cost_name: str | None) -> Bound:
    return Bound(stated["buses"], stated["deadhead_min"], None if cost_name is None else stated[cost_name])


def objective_document(objective: Objective, cost_name: str | None) -> dict[str, int]:
    """The figures of an objective, with those of cost where there are costs."""
    return {
        **cost_figures(objective, cost_name),
        "buses": objective.buses,
        "deadhead_min": objective.deadhead_min,
        "shift_min": objective.shift_min,
    }


def _bound(bound: Bound, cost_name: str | None) -> dict[str, int | None]:
    cost = {} if cost_name is None else {cost_name: bound.cost}
    return {**cost, "buses": bound.buses, "deadhead_min": bound.deadhead_min}


def read_plan(content: object) -> Plan:
    """The blocks of a plan document. Raises InputError with everything that is wrong with its form."""
    findings: list[Finding] = []
    document = Fields.of(content, "", findings)
    if document is None:
        raise InputError(findings)
    dropped = document.texts("dropped")
    read = [_read_block(block) for block in document.objects("blocks", required=True)]
    if findings:
        raise InputError(findings)
    return Plan(tuple(block for block in read if block is not None), tuple(dropped))


def _read_block(fields: Fields) -> Block | None:
    block_id, vehicle_type = fields.text("id", required=True), fields.text("vehicle_type", required=True)
    seats = fields.whole("seats", 0, _MOST, required=True)
    fixed_cost, running_cost = (fields.whole(name, 0, _MOST_COST) for name in ("fixed_cost", "running_cost"))
    read = [_read_trip(trip) for trip in fields.objects("trips", required=True)]
    if block_id is None or vehicle_type is None or seats is None:
        return None
    driven = tuple(trip for trip in read if trip is not None)
    depot = fields.text("depot")
    pull_out, pull_in = (fields.whole(name, 0, _MOST) or 0 for name in ("pull_out_min", "pull_in_min"))
    return Block(
        block_id, vehicle_type, seats, driven, fixed_cost, running_cost or 0,
        depot=depot, pull_out_min=pull_out, pull_in_min=pull_in,
    )  # fmt: skip


def _read_trip(fields: Fields) -> PlannedTrip | None:
    route_id = fields.text("route_id", required=True)
    names = ("start_min", "end_min", "shift_min", "deadhead_before_min")
    minutes = [fields.whole(name, -_MOST, _MOST, required=True) for name in names]
    if route_id is None:
        return None
    return PlannedTrip(route_id, *(0 if value is None else value for value in minutes))
