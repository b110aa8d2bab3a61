import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import TUTTI, Call, run, write
from tests.days import day
from tutti.fleet.errors import SolverError
from tutti.fleet.generate import generate_day
from tutti.optimizer.planning import answer

PLAN_FIELDS = {"blocks", "kpis", "certificate", "warnings"}


def test_a_day_is_planned_and_the_answer_is_shown(day_file: Path) -> None:
    ended = run("solve", day_file)
    assert ended.code == 0
    assert ended.err == ""
    assert "12 (6 entry, 6 exit)" in ended.out
    assert "Bus B1: " in ended.out
    assert "one character = " in ended.out
    assert "- proven: no plan has fewer" in ended.out
    assert "Optimal, proven after" in ended.out


def test_json_is_all_there_is_on_standard_output(day_file: Path) -> None:
    ended = run("solve", day_file, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out).keys() == PLAN_FIELDS


def test_more_cores_give_an_answer_as_good_and_print_nothing_else(tmp_path: Path) -> None:
    wide = write(tmp_path / "wide.json", generate_day(150, 2, types=True, wide=True))  # it takes some seconds
    alone, together = (run("solve", wide, "--json", "--time-limit", "5", "--cores", cores) for cores in ("1", "3"))
    assert (together.code, together.err) == (0, "")
    plans = [json.loads(ended.out) for ended in (alone, together)]
    assert plans[0].keys() == plans[1].keys() == PLAN_FIELDS
    assert plans[0]["kpis"]["trips"] == plans[1]["kpis"]["trips"] == 150


def test_ctrl_c_after_the_proof_takes_nothing_from_the_plan(
    day_file: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer_and_interrupt(*arguments: Any, **more: Any) -> Any:
        found = answer(*arguments, **more)
        signal.raise_signal(signal.SIGINT)
        return found

    monkeypatch.setattr("tutti.cli.solve.answer", answer_and_interrupt)
    assert call("solve", day_file).code == 0


def test_no_core_is_refused(day_file: Path) -> None:
    ended = run("solve", day_file, "--cores", "0")
    assert ended.code == 2
    assert "--cores" in ended.err


def test_routes_may_come_from_standard_input(day_file: Path) -> None:
    ended = run("solve", "-", "--json", stdin=day_file.read_text())
    assert ended.code == 0
    assert json.loads(ended.out)["kpis"]["trips"] == 12


def test_plan_page_and_table_are_written_where_asked(day_file: Path, tmp_path: Path, call: Call) -> None:
    plan, page, table = tmp_path / "plan.json", tmp_path / "plan.html", tmp_path / "plan.csv"
    drivers = tmp_path / "drivers.csv"
    ended = call("solve", day_file, "-o", plan, "--html", page, "--csv", table, "--drivers", drivers)
    assert ended.code == 0
    assert json.loads(plan.read_text()).keys() == PLAN_FIELDS
    assert page.read_text().startswith("<!doctype html>")
    assert len(table.read_text().splitlines()) == 13
    assert len(drivers.read_text().splitlines()) == 1 + 2 * 12
    assert [line for line in ended.out.splitlines() if line.startswith("written: ")] == [
        f"written: {place}" for place in (plan, page, table, drivers)
    ]
    files = ["day.json", "drivers.csv", "plan.csv", "plan.html", "plan.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_a_written_plan_passes_the_check(day_file: Path, tmp_path: Path, call: Call) -> None:
    call("solve", day_file, "-o", tmp_path / "plan.json")
    assert call("check", day_file, tmp_path / "plan.json").code == 0


def test_a_changed_day_is_planned_from_the_plan_before(day_file: Path, tmp_path: Path, call: Call) -> None:
    plan = tmp_path / "plan.json"
    call("solve", day_file, "-o", plan)
    content = json.loads(day_file.read_text())
    routes = content["routes"] if isinstance(content, dict) else content
    changed = write(tmp_path / "changed.json", routes[1:])
    ended = call("solve", changed, "--from", plan)
    assert ended.code == 0
    assert "0 new, 1 gone" in " ".join(ended.out.split())
    assert f"routes that do not run now: {routes[0]['id']}" in ended.out.replace("route(s)", "routes")


def test_what_is_wrong_with_the_plan_before_is_said_of_its_file(day_file: Path, call: Call) -> None:
    ended = call("solve", day_file, "--from", day_file)
    assert ended.code == 2
    assert ended.err == f"tutti: {day_file}: must be an object with fields in braces, not a list\n"


def test_the_same_seed_gives_the_same_plan(day_file: Path, call: Call) -> None:
    first, second = (json.loads(call("solve", day_file, "--json", "--seed", "5").out) for _ in range(2))
    assert first["blocks"] == second["blocks"]


def test_options_of_the_file_count(tmp_path: Path, call: Call) -> None:
    routes = write(tmp_path / "day.json", {"routes": day(12), "options": {"gap": 1}})
    certificate = json.loads(call("solve", routes, "--json").out)["certificate"]
    assert certificate["stop_reason"] == "gap of 1 reached"


def test_options_of_the_command_line_win_over_those_of_the_file(tmp_path: Path, call: Call) -> None:
    routes = write(tmp_path / "day.json", {"routes": day(12), "options": {"gap": 1}})
    certificate = json.loads(call("solve", routes, "--json", "--gap", "0").out)["certificate"]
    assert certificate["status"] == "optimal"


def test_a_time_limit_ends_with_a_plan(tmp_path: Path, call: Call) -> None:
    routes = write(tmp_path / "day.json", day(12))
    ended = call("solve", routes, "--json", "--time-limit", "0.001")
    assert ended.code == 0
    assert json.loads(ended.out)["certificate"]["stop_reason"] == "time limit of 0.001 s"


def test_warnings_are_shown(tmp_path: Path, call: Call) -> None:
    routes = day(3)
    routes[0]["colour"] = "red"
    ended = call("solve", write(tmp_path / "day.json", routes))
    assert 'warning: the field "colour"' in ended.out


@pytest.fixture
def impossible(tmp_path: Path) -> Path:
    """A day with a route whose window is empty."""
    routes = day(2)
    routes[0] |= {"arrival_time": "06:00"}
    return write(tmp_path / "impossible.json", routes)


def test_a_day_without_any_plan_exits_1_with_the_reasons(impossible: Path, call: Call) -> None:
    ended = call("solve", impossible)
    assert ended.code == 1
    assert "No plan exists" in ended.out
    assert "route R0001 can't start at any minute" in ended.out


def test_a_day_without_any_plan_overwrites_nothing(impossible: Path, tmp_path: Path, call: Call) -> None:
    old = write(tmp_path / "plan.json", "the plan of yesterday")
    assert call("solve", impossible, "-o", old).code == 1
    assert json.loads(old.read_text()) == "the plan of yesterday"


def test_a_day_without_any_plan_is_json_as_well(impossible: Path, call: Call) -> None:
    ended = call("solve", impossible, "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["certificate"]["status"] == "infeasible"


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("missing/plan.json", "there is no folder"),
        (".", "is a directory; name a file in it"),
        ("day.json", "is read from; choose another file"),
        ("day.json/plan.json", "can't be written: Not a directory"),
        ("x" * 300, "can't be written: File name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    place: str, complaint: str, day_file: Path, tmp_path: Path, call: Call
) -> None:
    day_file.write_text("not even JSON")  # which would be the complaint if it were read first
    ended = call("solve", day_file, "-o", tmp_path / place)
    assert (ended.code, ended.out) == (2, "")
    assert complaint in ended.err
    assert list(tmp_path.iterdir()) == [day_file]


def test_two_outputs_must_be_two_files(day_file: Path, tmp_path: Path, call: Call) -> None:
    ended = call("solve", day_file, "-o", tmp_path / "a", "--csv", tmp_path / "." / "a")
    assert ended.code == 2
    assert "is to be written twice" in ended.err


def test_a_link_stays_a_link_and_the_file_behind_it_is_replaced(day_file: Path, tmp_path: Path, call: Call) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "plan.json"
    link.symlink_to(tmp_path / "real" / "plan.json")
    assert call("solve", day_file, "-o", link).code == 0
    assert link.is_symlink()
    assert json.loads((tmp_path / "real" / "plan.json").read_text()).keys() == PLAN_FIELDS


def test_a_file_keeps_its_permissions_when_it_is_replaced(day_file: Path, tmp_path: Path, call: Call) -> None:
    plan = write(tmp_path / "plan.json", "old")
    plan.chmod(0o640)
    call("solve", day_file, "-o", plan)
    assert stat.S_IMODE(plan.stat().st_mode) == 0o640
    assert json.loads(plan.read_text()).keys() == PLAN_FIELDS


def test_a_pipe_is_written_to_and_not_replaced(day_file: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([*TUTTI, "solve", str(day_file), "-o", str(pipe)], stdout=subprocess.DEVNULL) as process:
        assert json.loads(pipe.read_text()).keys() == PLAN_FIELDS
    assert process.returncode == 0
    assert pipe.is_fifo()


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(day_file: Path, tmp_path: Path) -> None:
    old = write(tmp_path / "plan.json", "the plan of yesterday")
    limited = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (500, 500)); from tutti.cli import main; main()"
    command = [sys.executable, "-c", limited, "solve", str(day_file), "-o", str(old)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == f"tutti: {old}: can't be written: File too large\n"
    assert json.loads(old.read_text()) == "the plan of yesterday"
    assert sorted(tmp_path.iterdir()) == [day_file, old]


def test_a_name_that_the_terminal_has_no_letters_for_is_shown_with_question_marks(tmp_path: Path) -> None:
    routes = day(2)
    routes[0]["school_name"] = "Peñalara"
    file = write(tmp_path / "day.json", routes)
    ended = run("solve", file, environment={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (ended.code, ended.err) == (0, "")
    assert "Pe?alara" in ended.out
    assert ended.out.isascii()


def test_names_cannot_send_commands_to_the_terminal(tmp_path: Path, call: Call) -> None:
    routes: list[dict[str, Any]] = day(2)
    routes[0] |= {"id": "R\x1b[2J", "school_name": "[red]a\rb"}
    ended = call("solve", write(tmp_path / "day.json", routes))
    assert ended.code == 0
    assert "R?[2J" in ended.out
    assert "[red]a?b" in ended.out
    assert not {"\x1b", "\r"} & set(ended.out)


@pytest.mark.parametrize("arguments", [["solve"], ["solve", "a", "--gap", "2"], ["solve", "a", "--tim", "1"], ["plan"]])
def test_wrong_usage_exits_2_with_a_hint(arguments: list[str], call: Call) -> None:
    ended = call(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: tutti" in ended.err


@pytest.mark.parametrize("command", [[], ["solve"], ["check"]])
def test_help_lists_the_exit_codes(command: list[str], call: Call) -> None:
    ended = call(*command, "--help")
    assert ended.code == 0
    for code in ("0", "1", "2", "3", "130"):
        assert any(line.split()[:1] == [code] for line in ended.out.splitlines())


def test_a_failure_of_the_optimizer_is_a_sentence_and_exit_code_3(
    day_file: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise SolverError("no basis in stage root")

    monkeypatch.setattr("tutti.cli.solve.answer", fail)
    message = "tutti: the optimizer failed inside, please report it: no basis in stage root\n"
    assert call("solve", day_file) == (3, "", message)


def test_a_week_is_planned_shown_and_passes_the_check(tmp_path: Path, call: Call) -> None:
    days = [["L", "M", "Mc", "J", "V"] if number % 3 else ["L", "M", "Mc", "J"] for number in range(12)]
    routes = [{**route, "days": codes} for route, codes in zip(day(12), days, strict=True)]
    file = write(tmp_path / "week.json", routes)
    ended = call("solve", file, "--week", "-o", tmp_path / "plan.json")
    assert ended.code == 0
    (friday,) = [line.split() for line in ended.out.splitlines() if "Friday" in line]
    assert friday[:3:2] == ["Friday", "8"]
    assert call("check", file, tmp_path / "plan.json").code == 0


@pytest.mark.parametrize(
    ("code", "rows", "title"),
    [
        ("V", [["Monday,", "Tuesday", "2"], ["Friday", "no", "plan"]], "The week, above its most frequent days"),
        ("L", [["Monday", "no", "plan"], ["Tuesday", "2", "8"], ["Friday", "2", "7"]], "The week"),
    ],
)
def test_a_week_with_a_day_that_has_no_plan_shows_what_the_others_need(
    code: str, rows: list[list[str]], title: str, tmp_path: Path, call: Call
) -> None:
    routes = [{**route, "days": ["L", "M", "V"]} for route in day(9)]
    routes[0] |= {"days": [code], "arrival_time": "05:30"}
    routes[1]["days"] = ["L", "M"]
    file = write(tmp_path / "week.json", routes)
    ended = call("solve", file, "--week", "-o", tmp_path / "plan.json")
    lines = [line.strip() for line in ended.out.splitlines()]
    table = lines[lines.index(title) + 2 :]
    assert [line.split()[:3] for line in table[: len(rows)]] == rows
    assert lines[-1].startswith("No plan of the whole week exists")
    assert (ended.code, (tmp_path / "plan.json").exists()) == (1, False)


def test_a_week_is_planned_though_the_file_names_a_day(tmp_path: Path, call: Call) -> None:
    content = {"routes": [{**route, "days": ["L", "V"]} for route in day(2)], "options": {"day": "V"}}
    ended = call("solve", write(tmp_path / "day.json", content), "--week", "--json")
    assert (ended.code, json.loads(ended.out)["days"]) == (0, ["L", "V"])
