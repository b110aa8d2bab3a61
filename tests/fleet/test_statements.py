import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.fleet.planned import CERTIFICATE, DAY, PLAN
from tests.fleet.routes import entry
from tutti.fleet.document import plan_document
from tutti.fleet.errors import InputError
from tutti.fleet.plan import Bound, Certificate, Plan, Status
from tutti.fleet.reading import read_day
from tutti.fleet.statements import STATEMENT_RULES, check_document

Change = Callable[[dict[str, Any]], object]
FEASIBLE = Certificate(Status.FEASIBLE, PLAN.objective, Bound(1, 9), 1.0)


def broken_by(change: Change, certificate: Certificate = CERTIFICATE) -> list[tuple[str, str]]:
    document = copy.deepcopy(plan_document(DAY, PLAN, certificate))
    change(document)
    return [(violation.rule, violation.path) for violation in check_document(DAY, document)]


@pytest.mark.parametrize("certificate", [CERTIFICATE, FEASIBLE, Certificate(Status.STOPPED, None, None, 0.1)])
def test_a_document_that_states_what_is_so_breaks_no_rule(certificate: Certificate) -> None:
    assert check_document(DAY, plan_document(DAY, PLAN, certificate)) == []


def test_what_is_not_stated_is_not_missed() -> None:
    assert check_document(DAY, {"blocks": plan_document(DAY, PLAN, CERTIFICATE)["blocks"]}) == []


@pytest.mark.parametrize(
    ("change", "rule", "path"),
    [
        pytest.param(
            lambda document: document["blocks"][0]["trips"][1].update(end="09:07"),
            "clock_times_are_those_of_the_minutes",
            "blocks[0].trips[1].end",
            id="an end for people that differs from that for programs",
        ),
        pytest.param(
            lambda document: document["kpis"].update(buses=1),
            "figures_are_those_of_the_plan",
            "kpis.buses",
            id="a bus hidden",
        ),
        pytest.param(
            lambda document: document["kpis"].update(deadhead_km=7.0),
            "figures_are_those_of_the_plan",
            "kpis.deadhead_km",
            id="kilometres hidden",
        ),
        pytest.param(
            lambda document: document["kpis"].update(trips="3"),
            "figures_are_those_of_the_plan",
            "kpis.trips",
            id="a figure as text",
        ),
        pytest.param(
            lambda document: document["kpis"].update(exits=True),
            "figures_are_those_of_the_plan",
            "kpis.exits",
            id="true in place of one",
        ),
        pytest.param(
            lambda document: document["kpis"].update(trips=10**400),
            "figures_are_those_of_the_plan",
            "kpis.trips",
            id="a figure beyond all floats",
        ),
        pytest.param(
            lambda document: document.update(kpis=[2]), "figures_are_those_of_the_plan", "kpis", id="figures as a list"
        ),
        pytest.param(
            lambda document: document["certificate"]["objective"].update(shift_min=0),
            "the_objective_is_that_of_the_plan",
            "certificate.objective.shift_min",
            id="shifts hidden",
        ),
        pytest.param(
            lambda document: document["certificate"].update(bound={"buses": 3}, status="feasible", gap=None),
            "the_plan_does_not_refute_the_bound",
            "certificate.bound.buses",
            id="a bound above the plan's buses",
        ),
        pytest.param(
            lambda document: document["certificate"]["bound"].update(deadhead_min=15),
            "the_plan_does_not_refute_the_bound",
            "certificate.bound.deadhead_min",
            id="a bound above the plan's deadhead",
        ),
        pytest.param(
            lambda document: document["certificate"].update(gap=0.01),
            "the_gap_is_that_to_the_bound",
            "certificate.gap",
            id="another gap",
        ),
        pytest.param(
            lambda document: document["certificate"].update(bound={"buses": 2, "deadhead_min": 13}, gap=1 / 14),
            "the_status_fits",
            "certificate.status",
            id="optimal above its bound",
        ),
        pytest.param(
            lambda document: document["certificate"].update(bound=None, gap=None),
            "the_status_fits",
            "certificate.status",
            id="optimal without bound",
        ),
        pytest.param(
            lambda document: document["certificate"].update(status="infeasible"),
            "the_status_fits",
            "certificate.status",
            id="infeasible with a plan",
        ),
        pytest.param(
            lambda document: document["certificate"].update(status="perfect"),
            "the_status_fits",
            "certificate.status",
            id="unknown status",
        ),
    ],
)
def test_a_false_statement_breaks_the_rule_about_it_alone(change: Change, rule: str, path: str) -> None:
    assert broken_by(change) == [(rule, path)]


@pytest.mark.parametrize("figure", list(plan_document(DAY, PLAN, CERTIFICATE)["kpis"]))
def test_no_figure_can_be_off_by_one_unseen(figure: str) -> None:
    def change(document: dict[str, Any]) -> None:
        document["kpis"][figure] += 1

    assert broken_by(change) == [("figures_are_those_of_the_plan", f"kpis.{figure}")]


def test_figures_may_be_rounded() -> None:
    gap = Certificate(Status.FEASIBLE, PLAN.objective, Bound(2, 9), 1.0)
    assert broken_by(lambda document: document["certificate"].update(gap=0.357), gap) == []


def test_figures_are_those_of_the_trips_as_driven_and_not_as_claimed() -> None:
    def change(document: dict[str, Any]) -> None:
        document["blocks"][0]["trips"][1]["deadhead_before_min"] = 4
        document["kpis"]["deadhead_min"] = document["certificate"]["objective"]["deadhead_min"] = 4
        document["certificate"]["bound"]["deadhead_min"] = 4

    rules = [rule for rule, _ in broken_by(change)]
    assert rules == [
        "deadheads_are_as_claimed",
        "figures_are_those_of_the_plan",
        "the_objective_is_that_of_the_plan",
        "the_gap_is_that_to_the_bound",
        "the_status_fits",
    ]


def test_a_plan_that_breaks_rules_refutes_no_bound() -> None:
    def change(document: dict[str, Any]) -> None:
        document["blocks"].pop()

    assert "the_plan_does_not_refute_the_bound" not in [rule for rule, _ in broken_by(change)]


def test_a_plan_of_unknown_routes_is_checked_by_the_other_rules() -> None:
    rules = broken_by(lambda document: document["blocks"][1]["trips"][0].update(route_id="ghost"))
    assert [rule for rule, _ in rules] == ["every_route_is_run_once", "only_known_routes_are_run"]


def test_infeasible_is_true_where_no_bus_can_run_a_route() -> None:
    day = read_day({"routes": [entry()], "options": {"earliest_start": "09:00"}})
    document = plan_document(day, None, Certificate(Status.INFEASIBLE, None, None, 0.0, reasons=("too early",)))
    rules = {violation.rule for violation in check_document(day, document)}
    assert rules == {"every_route_is_run_once"}


def test_what_has_no_form_of_a_plan_is_refused() -> None:
    with pytest.raises(InputError, match="must be an object"):
        check_document(DAY, [Plan(())])


def test_every_rule_about_statements_says_why_it_is_there() -> None:
    assert all(rule.__doc__ for rule in STATEMENT_RULES)
