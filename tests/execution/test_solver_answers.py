"""What a real solver process answers to more than a plain day."""

import json
from typing import Any

from tests.days import day
from tutti.execution.messages import BestPlan, Finished, Moment, Solve
from tutti.execution.solver_process import SolverProcess


def answered(content: object) -> tuple[Finished, list[Moment | BestPlan]]:
    """The answer to a request, and the reports before it."""
    request = Solve(content=json.dumps(content), soft_limit_s=30, plan_interval_s=0)
    reports: list[Moment | BestPlan] = []
    with SolverProcess() as process:
        process.solve(request)
        while True:
            report = process.receive(30)
            assert report is not None
            if isinstance(report, Finished):
                return report, reports
            assert isinstance(report, Moment | BestPlan), report
            reports.append(report)


def with_options(**options: Any) -> dict[str, Any]:
    return {"routes": day(12), "options": options}


def test_a_week_is_answered_with_all_its_days_and_no_plan_of_a_part_before() -> None:
    content = with_options(week=True)
    for route in content["routes"][:9]:
        route["days"] = ["L", "V"]
    answer, reports = answered(content)
    document = json.loads(answer.document)
    assert (document["days"], [part["days"] for part in document["other_days"]]) == (["L"], [["V"]])
    assert answer.status == document["week"]["certificate"]["status"]
    assert all(isinstance(report, Moment) for report in reports)


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
