"""The plan as JSON: blocks with times, figures, the certificate and the warnings; and the way back."""

from dataclasses import asdict
from typing import Any

from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import Fields
from tutti.fleet.kpis import kpis
from tutti.fleet.plan import Block, Certificate, Plan, PlannedTrip
from tutti.fleet.problem import clock

_MOST = 2**31


def plan_document(day: Day, plan: Plan | None, certificate: Certificate) -> dict[str, Any]:
    """The answer to a day as JSON objects; without a plan (infeasible) it has no blocks and no kpis."""
    return {
        "blocks": [] if plan is None else [_block(block) for block in plan.blocks],
        "kpis": {} if plan is None else kpis(day, plan),
        "certificate": _certificate(certificate),
        "warnings": list(day.warnings),
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "id": block.id,
        "vehicle_type": block.vehicle_type,
        "seats": block.seats,
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


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "status": certificate.status.value,
        "objective": None if certificate.objective is None else asdict(certificate.objective),
        "bound": None if certificate.bound is None else asdict(certificate.bound),
        "gap": certificate.gap,
        "seconds": round(certificate.seconds, 3),
        "stop_reason": certificate.stop_reason,
        "reasons": list(certificate.reasons),
    }


def read_plan(content: object) -> Plan:
    """The blocks of a plan document. Raises InputError with everything that is wrong with its form."""
    findings: list[Finding] = []
    document = Fields.of(content, "", findings)
    blocks = [] if document is None else document.list_of("blocks") or []
    read = [_read_block(block, f"blocks[{index}]", findings) for index, block in enumerate(blocks)]
    if findings:
        raise InputError(findings)
    return Plan(tuple(block for block in read if block is not None))


def _read_block(content: object, path: str, findings: list[Finding]) -> Block | None:
    fields = Fields.of(content, path, findings)
    if fields is None:
        return None
    block_id, vehicle_type = fields.text("id", required=True), fields.text("vehicle_type", required=True)
    seats = fields.whole("seats", 0, _MOST, required=True)
    trips = fields.list_of("trips") or []
    read = [_read_trip(trip, f"{path}.trips[{index}]", findings) for index, trip in enumerate(trips)]
    if block_id is None or vehicle_type is None or seats is None:
        return None
    return Block(block_id, vehicle_type, seats, tuple(trip for trip in read if trip is not None))


def _read_trip(content: object, path: str, findings: list[Finding]) -> PlannedTrip | None:
    fields = Fields.of(content, path, findings)
    if fields is None:
        return None
    route_id = fields.text("route_id", required=True)
    names = ("start_min", "end_min", "shift_min", "deadhead_before_min")
    minutes = [fields.whole(name, -_MOST, _MOST, required=True) for name in names]
    if route_id is None:
        return None
    return PlannedTrip(route_id, *(0 if value is None else value for value in minutes))
