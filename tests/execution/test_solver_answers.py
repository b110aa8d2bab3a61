"""What a real solver process answers to more than a plain day."""

import json
from typing import Any

from tests.days import day
from tutti.execution.messages import BestPlan, Finished, Moment, Refused, Report, Solve, Warned
from tutti.execution.solver_process import SolverProcess
from tutti.fleet.reading import read_day
from tutti.fleet.schedule import schedule_of
from tutti.fleet.week import is_whole


def answered(content: object, initial: str | None = None, **about: Any) -> tuple[Finished, list[Report]]:
    """The answer to a request, and the reports before it."""
    request = Solve(content=json.dumps(content), initial=initial, soft_limit_s=30, plan_interval_s=0, **about)
    reports: list[Report] = []
    with SolverProcess() as process:
        process.solve(request)
        while True:
            report = process.receive(30)
            assert report is not None
            if isinstance(report, Finished):
                return report, reports
            assert not isinstance(report, Refused), report
            reports.append(report)


def with_options(**options: Any) -> dict[str, Any]:
    return {"routes": day(12), "options": options}


def week() -> dict[str, Any]:
    """Twelve routes on Monday, nine of them on Friday, too."""
    content = with_options(week=True)
    for route in content["routes"][:9]:
        route["days"] = ["L", "V"]
    return content


def test_a_week_is_answered_with_all_its_days() -> None:
    answer, _ = answered(week())
    document = json.loads(answer.document)
    assert (document["days"], [part["days"] for part in document["other_days"]]) == (["L"], [["V"]])
    assert answer.status == document["week"]["certificate"]["status"]
    assert is_whole(document)


def test_a_week_goes_on_from_the_days_that_had_ended() -> None:
    _, reports = answered(week())
    on_the_way = [json.loads(report.document) for report in reports if isinstance(report, BestPlan)]
    first, last = on_the_way[0], on_the_way[-1]
    assert first["unplanned_days"] == ["V"]
    last["certificate"]["seconds"] = 12345  # solved anew, it would take another time
    answer, reports = answered(week(), initial=json.dumps(last))
    document = json.loads(answer.document)
    assert document["certificate"]["seconds"] == 12345
    assert document["blocks"] == last["blocks"]
    assert document["other_days"][0]["certificate"]["status"] == "optimal"
    assert answer.seconds < 12345


def test_a_week_starts_anew_where_its_checkpoint_is_of_no_plan() -> None:
    answer, reports = answered(week(), initial='{"certificate": []}')
    assert "can't be read" in next(report.message for report in reports if isinstance(report, Warned))
    assert answer.status == "optimal"


def test_costs_are_told_on_the_way() -> None:
    types = [{"name": "bus", "seats": 40, "fixed_cost": 100}]
    answer, reports = answered(with_options(vehicle_types=types))
    told = [report.cost for report in reports if isinstance(report, Moment)]
    assert answer.last is not None
    assert None not in told
    assert answer.last.cost == json.loads(answer.document)["kpis"]["fixed_cost"]
    assert answer.last.bound_cost is not None


def test_a_plan_to_start_from_is_compared_with() -> None:
    first = json.loads(answered(day(12))[0].document)
    again = json.loads(answered({"routes": day(12), "from": first})[0].document)
    assert again["kpis"]["changes"]["moved_trips"] == 0


def test_a_time_limit_is_told_as_it_was_asked_for_though_most_of_it_is_spent() -> None:
    answer, _ = answered(with_options(time_limit_s=20), spent_s=20)
    assert json.loads(answer.document)["certificate"]["stop_reason"] == "time limit of 20 s"


def test_the_kept_shape_comes_with_the_document_if_it_is_asked_for() -> None:
    routes = day(12)
    routes[0]["school_name"] = "Colegio Peña Ñ"
    answer, _ = answered(routes, with_schedule=True)
    assert answer.schedule is not None
    assert json.loads(answer.schedule) == schedule_of(read_day(routes), json.loads(answer.document))


def test_a_day_with_half_a_character_is_answered_without_the_kept_shape() -> None:
    routes = day(12)
    routes[0]["school_name"] = "Oak \ud800"
    answer, _ = answered(routes, with_schedule=True)
    assert (answer.status, answer.schedule) == ("optimal", None)


def test_a_day_with_half_a_character_in_what_is_wrong_is_refused_for_that() -> None:
    with SolverProcess() as process:
        process.solve(Solve(content=json.dumps(with_options(**{"tail\ud800": 1})), soft_limit_s=30, plan_interval_s=5))
        refused = process.receive(30)
    assert isinstance(refused, Refused)
    assert (refused.code, "tail?" in refused.message) == ("invalid_input", True)


def test_a_request_to_stop_that_comes_late_is_not_for_the_next_job() -> None:
    with SolverProcess() as process:
        process.stop("the job before")
        process.solve(Solve(content=json.dumps(day(12)), soft_limit_s=30, plan_interval_s=5))
        while not isinstance(report := process.receive(30), Finished):
            assert report is not None
    assert report.status == "optimal"
