import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, write
from tests.fleet.routes import entry

DAY = {"routes": [entry(), entry(id="E2", arrival_time="08:50")], "options": {"windows": {"entry": [0, 0]}}}


def test_why_so_many_buses_are_needed_is_told_route_by_route(tmp_path: Path, call: Call) -> None:
    ended = call("explain", write(tmp_path / "day.json", DAY))
    assert (ended.code, ended.err) == (0, "")
    assert "Why 2 buses: no two of these 2 routes can share a bus." in ended.out
    assert ["B1", "08:10-08:10", "20", "min", "E1", "Oak", "School"] in [
        line.split() for line in ended.out.splitlines()
    ]


def test_the_minutes_that_free_a_bus_are_named(tmp_path: Path, call: Call) -> None:
    out = call("explain", write(tmp_path / "day.json", DAY)).out
    assert "E1 may start 7 min earlier, from 08:03: 1 bus, 7 deadhead min (E2 can then follow E1)" in out
    assert "E2 may start 7 min later, until 08:37: 1 bus, 7 deadhead min (E2 can then follow E1)" in out


def test_no_start_before_the_earliest_of_the_day_is_proposed(tmp_path: Path, call: Call) -> None:
    day = {**DAY, "options": {"windows": {"entry": [0, 0]}, "earliest_start": "08:04"}}
    out = call("explain", write(tmp_path / "day.json", day)).out
    assert "earlier" not in out
    assert "E2 may start 7 min later" in out


def test_where_nothing_would_help_it_says_so(tmp_path: Path, call: Call) -> None:
    out = call("explain", write(tmp_path / "day.json", [entry()])).out
    assert "Why 1 bus: there is this route to run." in out
    assert "No single wider window was found that frees a bus; 0 were tried." in out


@pytest.mark.parametrize(("limit", "told"), [({}, False), ({"max_block_min": 60}, True)])
def test_limits_of_blocks_are_named_as_a_cause(
    limit: dict[str, int], *, told: bool, tmp_path: Path, call: Call
) -> None:
    routes = [entry(), entry(id="E2", arrival_time="10:50")]
    out = call("explain", write(tmp_path / "day.json", {"routes": routes, "options": limit})).out
    cause = "shifts add up along blocks, because blocks have limits, or not at all."
    assert (cause in " ".join(out.split())) is told
    assert ("Why at least 1 of 2 buses" in out) is told


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_day_without_any_plan_ends_as_its_solve_does(tmp_path: Path, call: Call, option: tuple[str, ...]) -> None:
    file = write(tmp_path / "day.json", [entry(arrival_time="00:05")])
    assert call("solve", file).code == 1
    ended = call("explain", file, *option)
    assert ended == (1, "", "tutti: there is no plan to explain; tutti solve says why\n")


@pytest.mark.parametrize(
    ("features", "out"),
    [
        ([[], ["wheelchair"]], "Why 1 bus: there is this route to run."),
        ([["wheelchair"], ["wheelchair"]], "No bus is needed: the plan drops all routes."),
    ],
)
def test_routes_that_the_plan_drops_need_no_bus(
    features: list[list[str]], out: str, tmp_path: Path, call: Call
) -> None:
    routes = [entry(id=f"E{number}", features=each) for number, each in enumerate(features)]
    options = {"may_drop": True, "vehicle_types": [{"name": "bus", "seats": 22, "fixed_cost": 9}]}
    ended = call("explain", write(tmp_path / "day.json", {"routes": routes, "options": options}))
    assert ended.code == 0
    assert out in ended.out


def test_the_answer_can_be_json(day_file: Path, tmp_path: Path, call: Call) -> None:
    plan = tmp_path / "plan.json"
    call("solve", day_file, "-o", plan)
    ended = call("explain", day_file, plan, "--json")
    answer = json.loads(ended.out)
    assert answer.keys() == {"objective", "needs", "reliefs", "tried"}
    assert answer["objective"]["buses"] == json.loads(plan.read_text())["kpis"]["buses"]


def test_a_plan_that_breaks_rules_is_not_explained(day_file: Path, tmp_path: Path, call: Call) -> None:
    plan = write(tmp_path / "plan.json", {"blocks": []})
    ended = call("explain", day_file, plan)
    assert ended.code == 2
    assert "breaks 12 rule(s), the first at blocks: route" in ended.err
    assert "tutti check names all" in ended.err
