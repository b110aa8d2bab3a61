import json

import pytest

from tests.fleet.planned import CERTIFICATE, DAY, PLAN
from tests.fleet.routes import entry
from tutti.fleet.document import certificate_document, plan_document, read_certificate, read_plan
from tutti.fleet.errors import InputError
from tutti.fleet.plan import Block, Bound, Certificate, Objective, Plan, PlannedTrip, Status
from tutti.fleet.reading import read_day
from tutti.fleet.rules import check

DOCUMENT = plan_document(DAY, PLAN, CERTIFICATE)


def test_the_example_of_these_tests_keeps_every_rule() -> None:
    assert check(DAY.problem(), PLAN) == []


def test_a_trip_has_its_times_for_people_and_for_programs() -> None:
    assert DOCUMENT["blocks"][0] == {
        "id": "1",
        "vehicle_type": "bus",
        "seats": 21,
        "trips": [
            {
                "route_id": "E1",
                "start": "08:10",
                "end": "08:30",
                "start_min": 490,
                "end_min": 510,
                "shift_min": 0,
                "deadhead_before_min": 0,
            },
            {
                "route_id": "E2",
                "start": "08:48",
                "end": "09:08",
                "start_min": 528,
                "end_min": 548,
                "shift_min": -2,
                "deadhead_before_min": 14,
            },
        ],
    }


def test_the_certificate_says_what_is_proven() -> None:
    assert DOCUMENT["certificate"] == {
        "status": "optimal",
        "objective": {"buses": 2, "deadhead_min": 14, "shift_min": 3},
        "bound": {"buses": 2, "deadhead_min": 14},
        "gap": 0.0,
        "seconds": 0.123,
        "stop_reason": None,
        "reasons": [],
    }


def test_a_plan_without_proof_says_how_far_it_may_be_off_and_why_it_ended() -> None:
    stopped = Certificate(Status.STOPPED, PLAN.objective, Bound(1), 5.0, stop_reason="time limit of 5 s")
    certificate = plan_document(DAY, PLAN, stopped)["certificate"]
    assert (certificate["status"], certificate["gap"]) == ("stopped", 0.5)
    assert certificate["bound"] == {"buses": 1, "deadhead_min": None}
    assert certificate["stop_reason"] == "time limit of 5 s"


def test_a_day_without_any_plan_has_reasons_and_no_blocks() -> None:
    certificate = Certificate(Status.INFEASIBLE, None, None, 0.0, reasons=("route E1 can't start",))
    document = plan_document(DAY, None, certificate)
    assert (document["blocks"], document["kpis"]) == ([], {})
    assert document["certificate"]["reasons"] == ["route E1 can't start"]
    assert document["certificate"]["objective"] is None


def test_the_warnings_of_the_day_go_with_its_plan() -> None:
    day = read_day([entry(colour="blue")])
    assert plan_document(day, Plan(()), CERTIFICATE)["warnings"] == list(day.warnings)
    assert day.warnings


def test_a_plan_comes_back_from_its_document() -> None:
    assert read_plan(json.loads(json.dumps(DOCUMENT))) == PLAN


def test_a_trip_past_midnight_goes_on_counting_hours() -> None:
    day = read_day([entry(type="exit", arrival_time=None, departure_time="23:55")])
    plan = Plan((Block("1", "bus", 21, (PlannedTrip("E1", 1445, 1465, 10, 0),)),))
    document = plan_document(day, plan, CERTIFICATE)
    assert (document["blocks"][0]["trips"][0]["start"], document["blocks"][0]["trips"][0]["end"]) == ("24:05", "24:25")
    assert read_plan(document) == plan


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        pytest.param([], "", "must be an object with fields in braces, not a list", id="a list"),
        pytest.param({}, "blocks", "is missing; give a list in brackets", id="no blocks"),
        pytest.param({"blocks": [7]}, "blocks[0]", "must be an object with fields in braces, not 7", id="no block"),
        pytest.param(
            {"blocks": [{"vehicle_type": "bus", "seats": 1, "trips": []}]},
            "blocks[0].id",
            "is missing; give it a text in quotes",
            id="no id",
        ),
        pytest.param(
            {"blocks": [{"id": "1", "vehicle_type": "bus", "seats": 1}]},
            "blocks[0].trips",
            "is missing; give a list in brackets",
            id="no trips",
        ),
        pytest.param(
            {"blocks": [{"id": "1", "vehicle_type": "bus", "seats": "many", "trips": []}]},
            "blocks[0].seats",
            'must be a whole number from 0 to 2147483648, not "many"',
            id="seats in words",
        ),
    ],
)
def test_what_is_no_plan_is_refused_with_its_place(content: object, path: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_plan(content)
    assert [(finding.path, finding.message) for finding in caught.value.findings] == [(path, message)]


def test_everything_that_a_trip_lacks_is_found_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_plan({"blocks": [{"id": "1", "vehicle_type": "bus", "seats": 1, "trips": [{"start_min": 7.5}]}]})
    assert [finding.path for finding in caught.value.findings] == [
        f"blocks[0].trips[0].{name}"
        for name in ("route_id", "start_min", "end_min", "shift_min", "deadhead_before_min")
    ]


@pytest.mark.parametrize(
    ("cost_name", "objective", "bound"),
    [
        (None, Objective(2, 14, 3), Bound(2)),
        ("fixed_cost", Objective(2, 14, 3, fixed_cost=540), Bound(1, 14, 540)),
        ("cost", Objective(2, 14, 3, fixed_cost=540, running_cost=28), Bound(1, None, 560)),
        ("cost", None, None),
    ],
    ids=["buses", "fixed cost", "cost", "no plan"],
)
def test_a_certificate_comes_back_from_its_document(
    cost_name: str | None, objective: Objective | None, bound: Bound | None
) -> None:
    certificate = Certificate(Status.STOPPED, objective, bound, 1.25, "asked to", ("a reason",))
    assert read_certificate(certificate_document(certificate, cost_name), cost_name) == certificate
