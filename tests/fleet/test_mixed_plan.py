"""A plan of a mixed fleet: its document, its figures, and the rules about types, counts and costs."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fleet.planned import NURSERY
from tests.fleet.routes import entry, leaving
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document, read_plan
from tutti.fleet.plan import Block, Bound, Certificate, Objective, Plan, PlannedTrip, Status
from tutti.fleet.reading import read_day
from tutti.fleet.rules import check
from tutti.fleet.statements import check_document
from tutti.fleet.vehicle import VehicleType
from tutti.fleet.verdict import claims

VAN = VehicleType("van", 22, fixed_cost=200, count=1, features=frozenset({"lift"}))
COACH = VehicleType("coach", 55, fixed_cost=340)


def day_of(*types: VehicleType) -> Day:
    routes = [
        entry(vehicle_capacity_max=None),
        entry(id="E2", stops=NURSERY, arrival_time="09:10", vehicle_capacity_max=None),
        leaving(departure_time="09:00", features=["lift"], vehicle_capacity_max=None),
    ]
    day = read_day(routes)
    return replace(day, options=replace(day.options, vehicle_types=types))


DAY = day_of(VAN, COACH)


def plan_by(first: VehicleType, second: VehicleType) -> Plan:
    return Plan((
        Block.by(first, "1", [PlannedTrip("E1", 490, 510, 0, 0), PlannedTrip("E2", 528, 548, -2, 14)]),
        Block.by(second, "2", [PlannedTrip("X1", 541, 561, 1, 0)]),
    ))  # fmt: skip


PLAN = plan_by(COACH, VAN)
CERTIFICATE = Certificate(Status.FEASIBLE, PLAN.objective, Bound(2, None, 400), 1.0)
DOCUMENT = plan_document(DAY, PLAN, CERTIFICATE)


def test_cost_counts_more_than_any_number_of_buses() -> None:
    assert Objective(9, 500, 0, fixed_cost=100) < Objective(1, 0, 0, fixed_cost=101)
    assert Objective(2, 5, 0, fixed_cost=100, running_cost=9) < Objective(1, 0, 0, fixed_cost=110)


def test_minutes_cost_what_the_type_of_the_bus_says() -> None:
    dear = replace(COACH, deadhead_cost_per_min=3, service_cost_per_min=2)
    assert plan_by(dear, VAN).objective.running_cost == 14 * 3 + 40 * 2


def test_a_plan_of_a_mixed_fleet_can_keep_every_rule() -> None:
    assert check(DAY.problem(), PLAN) == []
    assert check_document(DAY, DOCUMENT) == []


def test_its_document_can_be_read_back() -> None:
    assert read_plan(DOCUMENT) == PLAN


def test_its_document_has_types_seats_and_costs() -> None:
    first, second = DOCUMENT["blocks"]
    assert (first["vehicle_type"], first["seats"], first["fixed_cost"]) == ("coach", 55, 340)
    assert (second["vehicle_type"], second["seats"], second["fixed_cost"]) == ("van", 22, 200)
    assert DOCUMENT["kpis"]["fixed_cost"] == 540
    assert DOCUMENT["kpis"]["by_type"]["van"] == {"fixed_cost": 200, "buses": 1, "trips": 1, "deadhead_min": 0}
    assert DOCUMENT["certificate"]["objective"]["fixed_cost"] == 540
    assert DOCUMENT["certificate"]["bound"] == {"fixed_cost": 400, "buses": 2, "deadhead_min": None}
    assert DOCUMENT["certificate"]["gap"] == 140 / 540


def test_with_costs_per_minute_the_document_tells_all_three_costs_apart() -> None:
    dear = replace(COACH, deadhead_cost_per_min=3)
    plan = plan_by(dear, VAN)
    document = plan_document(
        day_of(VAN, dear), plan, Certificate(Status.FEASIBLE, plan.objective, Bound(2, None, 400), 1)
    )
    assert document["certificate"]["objective"] == {
        "cost": 582, "fixed_cost": 540, "running_cost": 42, "buses": 2, "deadhead_min": 14, "shift_min": 3,
    }  # fmt: skip
    assert document["certificate"]["bound"]["cost"] == 400
    assert check_document(day_of(VAN, dear), document) == []


def test_without_costs_the_document_has_none() -> None:
    van, coach = (replace(vehicle, fixed_cost=None) for vehicle in (VAN, COACH))
    plan = plan_by(coach, van)
    certificate = Certificate(Status.OPTIMAL, plan.objective, Bound(2, 14), 1.0)
    document = plan_document(day_of(van, coach), plan, certificate)
    assert "cost" not in str(document)
    assert check_document(day_of(van, coach), document) == []


@pytest.mark.parametrize(
    ("plan", "path", "message"),
    [
        (plan_by(VAN, VAN), "blocks", "2 buses are of type van, there are 1"),
        (plan_by(COACH, COACH), "blocks[1].trips[0]", "bus 2 of type coach lacks lift, for route X1"),
        (
            Plan((PLAN.blocks[0], replace(PLAN.blocks[1], fixed_cost=100))),
            "blocks[1].fixed_cost",
            "bus 2 of type van costs 200, not 100",
        ),
        (
            Plan((PLAN.blocks[0], replace(PLAN.blocks[1], running_cost=100))),
            "blocks[1].running_cost",
            "bus 2 of type van costs 0, not 100",
        ),
    ],
    ids=["too many of a type", "without a feature", "cheaper than it is", "with a running cost"],
)
def test_a_fault_of_a_mixed_plan_is_found(plan: Plan, path: str, message: str) -> None:
    ((found_path, found_message),) = [(found.path, found.message) for found in check(DAY.problem(), plan)]
    assert (found_path, found_message) == (path, message)


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"bound": {"fixed_cost": 541, "buses": 2}}, "bound.fixed_cost", "is 541, but the plan does with 540"),
        ({"objective": {"fixed_cost": 500}}, "objective.fixed_cost", "is 500, but the plan amounts to 540"),
    ],
    ids=["refuted bound", "wrong cost"],
)
def test_a_false_statement_about_cost_is_found(change: dict[str, Any], path: str, message: str) -> None:
    document = {**DOCUMENT, "certificate": change}
    ((found_path, found_message),) = [(found.path, found.message) for found in check_document(DAY, document)]
    assert (found_path, found_message) == (f"certificate.{path}", message)


def test_a_lie_about_what_a_bus_costs_makes_no_true_figure_false() -> None:
    blocks = [DOCUMENT["blocks"][0], {**DOCUMENT["blocks"][1], "fixed_cost": 100}]
    found = check_document(DAY, {**DOCUMENT, "blocks": blocks})
    assert [violation.path for violation in found] == ["blocks[1].fixed_cost"]


def test_a_bound_without_a_cost_is_none_where_there_are_costs() -> None:
    certificate = {"bound": {"buses": 2, "deadhead_min": 14}, "gap": 0}
    assert check_document(DAY, {**DOCUMENT, "certificate": certificate}) == []


def test_false_figures_of_a_type_are_found() -> None:
    kpis = {"by_type": {"van": {"buses": 2}}}
    (found,) = check_document(DAY, {"blocks": DOCUMENT["blocks"], "kpis": kpis})
    assert str(found) == "kpis.by_type.van.buses: is 2, but the plan amounts to 1"


def test_the_first_claim_is_about_cost() -> None:
    cost, buses, deadhead = claims(DOCUMENT["certificate"])
    assert str(cost) == "cost of 540 - no plan costs less than 400 (25.9% open)"
    assert str(buses) == "2 buses - proven: no plan has fewer"
    assert str(deadhead) == "14 deadhead minutes - nothing is proven here while the cost is open"
