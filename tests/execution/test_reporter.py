"""What the runner is told of a solve."""

from tests.days import day
from tutti.execution.messages import Moment, Report
from tutti.execution.reporter import Reporter
from tutti.fleet.plan import Bound, Certificate, Objective, Status
from tutti.fleet.reading import read_day
from tutti.fleet.week import Planned, patterns
from tutti.optimizer import Progress
from tutti.optimizer.planning import Part


def test_the_seconds_of_a_part_of_a_week_go_on_from_those_before_it() -> None:
    told: list[Report] = []
    week = {"routes": [{**route, "days": ["L"]} for route in day(2)], "options": {"week": True}}
    (monday,) = patterns(read_day(week))
    before: Planned = (monday, {}, Certificate(Status.OPTIMAL, Objective(1, 0, 0), Bound(1, 0), seconds=5.0))
    reporter = Reporter(told.append, plan_interval_s=60)
    reporter.begin(Part(monday.day, before=(before,)))
    reporter._state_sent_at = 0.0
    reporter.watch(Progress(2.0, 0.0, "flow", Objective(2, 0, 0), Bound(1), 0))
    assert [report.seconds for report in told if isinstance(report, Moment)] == [7.0]
