from dataclasses import replace

from tests.fleet.planned import DAY, PLAN
from tutti.fleet.document import plan_document, read_plan
from tutti.fleet.kpis import kpis
from tutti.fleet.plan import Bound, Certificate, Plan, Status
from tutti.fleet.statements import check_document

MAY_DROP = replace(DAY, options=replace(DAY.options, may_drop=True))
SHORT = Plan(PLAN.blocks[:1], dropped=("X1",))
DOCUMENT = plan_document(MAY_DROP, SHORT, Certificate(Status.FEASIBLE, SHORT.objective, Bound(1), 1.0))


def test_dropped_routes_are_listed_warned_of_and_counted() -> None:
    assert DOCUMENT["dropped"] == ["X1"]
    assert DOCUMENT["warnings"][-1] == "1 route(s) are dropped, nobody drives them: X1"
    names = ("dropped_trips", "dropped_service_min", "dropped_passengers")
    assert [DOCUMENT["kpis"][name] for name in names] == [1, 20, 21]


def test_a_document_with_dropped_routes_can_be_read_back_and_checked() -> None:
    assert read_plan(DOCUMENT) == SHORT
    assert check_document(MAY_DROP, DOCUMENT) == []


def test_a_dropped_route_that_is_not_known_is_in_no_figure() -> None:
    assert kpis(MAY_DROP, replace(SHORT, dropped=("X1", "ghost")))["dropped_trips"] == 1


def test_without_the_option_a_document_says_nothing_of_dropping() -> None:
    document = plan_document(DAY, PLAN, Certificate(Status.FEASIBLE, PLAN.objective, Bound(1), 1.0))
    assert "dropped" not in str(document)
