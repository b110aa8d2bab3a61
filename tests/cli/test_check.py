import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, run, write
from tests.days import day


@pytest.fixture
def plan(day_file: Path, tmp_path: Path, call: Call) -> dict[str, Any]:
    """An optimal plan of the small day."""
    document: dict[str, Any] = json.loads(call("solve", day_file, "--json").out)
    return document


def test_a_good_plan_passes_and_its_figures_are_said(
    day_file: Path, plan: dict[str, Any], tmp_path: Path, call: Call
) -> None:
    ended = call("check", day_file, write(tmp_path / "plan.json", plan))
    assert (ended.code, ended.err) == (0, "")
    buses, deadhead = plan["kpis"]["buses"], plan["kpis"]["deadhead_min"]
    assert f"12 routes, {buses} buses, {deadhead} deadhead minutes" in ended.out


def test_a_broken_rule_is_told_with_its_place_and_exit_code_1(
    day_file: Path, plan: dict[str, Any], tmp_path: Path, call: Call
) -> None:
    trip = plan["blocks"][0]["trips"][0]
    trip["start_min"] -= 60
    ended = call("check", day_file, write(tmp_path / "plan.json", plan))
    assert (ended.code, ended.err) == (1, "")
    line = next(line for line in ended.out.splitlines() if "its window is" in line)
    assert line.startswith(f"  blocks[0].trips[0].start_min: route {trip['route_id']} starts at ")
    assert line.endswith("[trips start in their windows]")


def test_one_broken_rule_is_counted_as_one(day_file: Path, plan: dict[str, Any], tmp_path: Path, call: Call) -> None:
    plan["kpis"]["trips"] += 1
    ended = call("check", day_file, write(tmp_path / "plan.json", plan))
    assert ended.out.startswith("1 statement of the plan breaks a rule:\n  kpis.trips")


def test_of_many_broken_rules_the_first_twenty_are_listed(day_file: Path, tmp_path: Path, call: Call) -> None:
    trip = {"start_min": 0, "end_min": 1, "shift_min": 0, "deadhead_before_min": 0}
    trips = [{"route_id": f"unknown {number}", **trip} for number in range(30)]
    plan = {"blocks": [{"id": "B1", "vehicle_type": "bus", "seats": 30, "trips": trips}]}
    lines = call("check", day_file, write(tmp_path / "plan.json", plan)).out.splitlines()
    assert lines[0] == "42 statements of the plan break a rule:"
    assert len(lines) == 22
    assert lines[-1] == "  and 22 more"


def test_starts_are_held_to_those_of_the_plan_that_it_started_from(tmp_path: Path, call: Call) -> None:
    routes = write(tmp_path / "day.json", {"routes": day(3), "options": {"max_time_change_min": 0}})
    plan = json.loads(call("solve", routes, "--json").out)
    earlier = write(tmp_path / "earlier.json", plan)
    trip = plan["blocks"][0]["trips"][0]
    for name, minutes in (("start_min", 1), ("end_min", 1), ("shift_min", 1)):
        trip[name] += minutes
    trip |= {"start": None, "end": None}
    later = write(tmp_path / "later.json", {"blocks": plan["blocks"]})
    assert call("check", routes, earlier, "--from", earlier).code == 0
    ended = call("check", routes, later, "--from", earlier)
    assert ended.code == 1
    assert "its window is" in ended.out


def test_a_plan_that_is_none_is_bad_input(day_file: Path, tmp_path: Path, call: Call) -> None:
    plan = write(tmp_path / "plan.json", {"blocks": [{"id": "B1"}]})
    ended = call("check", day_file, plan)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"tutti: {plan} has 3 problems\n  blocks[0].vehicle_type: is missing")


def test_one_of_the_two_may_come_from_standard_input(day_file: Path, plan: dict[str, Any]) -> None:
    assert run("check", day_file, "-", stdin=json.dumps(plan)).code == 0


def test_not_both_may_come_from_standard_input(call: Call) -> None:
    ended = call("check", "-", "-")
    assert ended.code == 2
    assert ended.err == "tutti: PLAN: can't come from standard input beside ROUTES; name a file\n"


def test_what_a_solve_proves_is_worked_out_again(day_file: Path, tmp_path: Path, call: Call) -> None:
    plan = tmp_path / "plan.json"
    solved = call("solve", day_file, "-o", plan, "--proof")
    ended = call("check", day_file, plan)
    assert (ended.code, ended.err) == (0, "")
    again = ended.out.splitlines()[-2:]
    assert [line.split(" - ")[1].split(" ")[0] for line in again] == ["proven:", "proven"]
    assert set(again) <= set(solved.out.splitlines())


def test_each_day_of_a_week_has_a_proof_of_its_own(tmp_path: Path, call: Call) -> None:
    routes = day(6)
    for route in routes[:2]:
        route["days"] = ["J"]
    file = write(tmp_path / "week.json", {"routes": routes, "options": {"week": True, "proof": True}})
    plan = write(tmp_path / "plan.json", json.loads(call("solve", file, "--json").out))
    ended = call("check", file, plan)
    assert ended.code == 0
    told = [line.split(":")[0] for line in ended.out.splitlines() if "Worked out again" in line]
    assert told == ["Monday", "Thursday"]
    assert ended.out.count("proven least") == 2


def test_a_proof_says_nothing_of_a_plan_that_drops_routes(tmp_path: Path, call: Call) -> None:
    types = [{"name": "bus", "seats": 100, "count": 1}]
    options = {"vehicle_types": types, "may_drop": True, "proof": True}
    file = write(tmp_path / "day.json", {"routes": day(6), "options": options})
    plan = write(tmp_path / "plan.json", json.loads(call("solve", file, "--json").out))
    ended = call("check", file, plan)
    assert ended.code == 0
    assert "The proof says nothing of this plan, which drops routes" in ended.out


def test_a_proof_without_its_steps_proves_little(
    day_file: Path, plan: dict[str, Any], tmp_path: Path, call: Call
) -> None:
    plan["proof"] = {"form": 1, "routes": [], "steps": []}
    ended = call("check", day_file, write(tmp_path / "plan.json", plan))
    assert ended.code == 0
    assert "at least 1 are needed" in ended.out


@pytest.mark.parametrize(
    ("proof", "complaint"),
    [
        ({"routes": [], "steps": []}, "proof.form: is missing"),
        ({"form": 1, "routes": ["a"], "steps": [{"name": "s", "weight": 1}]}, "proof.steps[0].case: is missing"),
        (
            {"form": 1, "routes": ["a"], "steps": [{"name": "s", "weight": 1, "case": {"prices": [1, 2]}}]},
            "proof.steps[0].case.prices: has 2 prices for 1 routes",
        ),
        (
            {"form": 1, "routes": ["a"], "steps": [{"name": "s", "weight": 1, "case": {"prices": ["1"]}}]},
            "proof.steps[0].case.prices[0]: must be a number",
        ),
    ],
)
def test_a_proof_that_is_none_is_told_with_its_place(
    day_file: Path, plan: dict[str, Any], tmp_path: Path, call: Call, proof: dict[str, Any], complaint: str
) -> None:
    plan["proof"] = proof
    ended = call("check", day_file, write(tmp_path / "plan.json", plan))
    assert ended.code == 2
    assert complaint in ended.err
