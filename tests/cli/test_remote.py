"""`tutti submit` and `tutti watch` against a running service."""

import json
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import TUTTI, Call, Ended, run, write
from tests.cli.terminals import CTRL_C, CTRL_D, Terminal
from tests.cli.test_start import SERVICE, loaded_by
from tests.cli.test_terminal import SOLVING
from tests.days import day
from tests.servers import free_port
from tests.services import Proxy, tidy_client, tutti_serve
from tutti import Client
from tutti.cli import connection
from tutti.cli.exits import Exit
from tutti.cli.watch import _say_why
from tutti.client import JobStatus, _patience
from tutti.client._models import Failure
from tutti.fleet.stop_columns import stop_table

QUESTION = r"\[l\]eave it running, \[s\]top it .* \[c\]ancel it\?"


@pytest.fixture
def jobs(server: str) -> Iterator[Client]:
    """The service's jobs, seen past the command line."""
    with tidy_client(server) as client:
        yield client


@pytest.fixture
def long_job(jobs: Client) -> str:
    """A job whose proof takes minutes."""
    return jobs.submit(day(2500)).id


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("infeasible", Exit.FAILED),
        ("no_plan_found", Exit.FAILED),
        ("invalid_input", Exit.BAD_INPUT),
        ("solver_killed", Exit.BUG),
        ("solver_error", Exit.BUG),
        ("attempts_exhausted", Exit.SERVER),
    ],
)
def test_the_exit_code_says_why_a_job_failed(jobs: Client, code: str, exit_code: Exit) -> None:
    job = jobs.submit(day(1))
    failed = job.model_copy(update={"error": Failure(code=code, message="for a reason")})
    assert _say_why(failed, None) is exit_code


def without_times(ended: Ended) -> list[str]:
    """What was printed, without the last line, which says how long it took."""
    return ended.out.splitlines()[:-1]


def test_submitting_prints_the_jobs_id_and_nothing_else(day_file: Path, jobs: Client) -> None:
    ended = run("submit", day_file, "--server", jobs.server)
    assert (ended.code, ended.err) == (0, "")
    assert jobs.job(ended.out.removesuffix("\n")).route_count == 12


def test_the_server_can_be_named_by_the_environment(
    day_file: Path, jobs: Client, server: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTTI_SERVER", server)
    job_id = call("submit", day_file).out.strip()
    assert jobs.job(job_id).route_count == 12
    assert call("watch", job_id).code == 0


def test_choices_on_the_command_line_go_with_the_file(day_file: Path, jobs: Client, server: str, call: Call) -> None:
    job_id = call("submit", day_file, "--server", server, "--seed", "7", "--time-limit", "9").out.strip()
    options = jobs.day(job_id).options
    assert (options.seed, options.time_limit_s) == (7, 9)


def test_a_table_is_submitted_as_routes_with_what_was_ignored_on_standard_error(
    jobs: Client, server: str, call: Call, tmp_path: Path
) -> None:
    table, options = tmp_path / "stops.csv", write(tmp_path / "options.json", {"gap": 1})
    table.write_text(stop_table(day(12)).replace("contract_id", "Contract no."))
    ended = call("submit", table, "--options", options, "--server", server)
    assert ended.err == 'warning: columns that are not known were ignored: "Contract no."\n'
    sent = jobs.day(ended.out.strip())
    assert [route.id for route in sent.routes] == [route["id"] for route in day(12)]
    assert sent.options.gap == 1


def test_the_plan_of_a_submitted_table_is_written_in_its_form(server: str, call: Call, tmp_path: Path) -> None:
    table, plans = tmp_path / "stops.csv", [tmp_path / "here.csv", tmp_path / "there.csv"]
    table.write_text(stop_table(day(12)).replace(",", ";"), "utf-8-sig")
    call("solve", table, "--csv", plans[0])
    assert call("submit", table, "--server", server, "--watch", "--csv", plans[1]).code == 0
    assert plans[1].read_bytes() == plans[0].read_bytes()
    assert plans[1].read_text("utf-8-sig").startswith("block;vehicle_type;")


def test_a_week_from_a_plan_is_submitted_as_it_is_solved(
    day_file: Path, jobs: Client, server: str, call: Call, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    assert call("solve", day_file, "-o", plan).code == 0
    job_id = call("submit", day_file, "--server", server, "--week", "--from", plan).out.strip()
    sent = jobs.day(job_id)
    assert sent.options.week
    assert sent.earlier is not None
    assert jobs.wait(job_id).status is JobStatus.COMPLETED


def test_the_same_key_prints_the_same_job(day_file: Path, jobs: Client, server: str, call: Call) -> None:
    first, second = (call("submit", day_file, "--server", server, "--key", "k").out for _ in range(2))
    assert first == second


def test_a_watched_job_ends_with_the_report_of_solving_it_here(
    day_file: Path, jobs: Client, server: str, call: Call
) -> None:
    here = call("solve", day_file)
    job_id = call("submit", day_file, "--server", server).out.strip()
    for ended in (call("watch", job_id, "--server", server), call("submit", day_file, "--server", server, "--watch")):
        assert ended.code == 0
        assert without_times(ended) == without_times(here)


def test_a_job_is_submitted_and_watched_over_one_connection(day_file: Path, server: str, call: Call) -> None:
    with Proxy(server) as proxy:
        assert call("submit", day_file, "--server", proxy.address, "--watch").code == 0
        assert proxy.connections == 1


def test_a_service_that_is_away_for_a_moment_after_the_jobs_end_costs_a_watcher_no_plan(
    jobs: Client, server: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = jobs.submit(day(12)).id
    asked = []

    def leave(answer: httpx.Response) -> None:
        asked.append(answer.url.path.rpartition("/")[2])
        answer.read()
        proxy.refusals = 1
        proxy.cut()

    monkeypatch.setattr(_patience, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(connection, "Client", partial(Client, event_hooks={"response": [leave]}))
    with Proxy(server) as proxy:
        ended = call("watch", job_id, "--server", proxy.address)
        assert (ended.code, ended.err) == (0, "")
        assert (asked, proxy.connections) == (["events", job_id, "plan", "day"], 7)


def test_a_watched_job_is_written_as_a_solved_day_is(
    day_file: Path, jobs: Client, server: str, call: Call, tmp_path: Path
) -> None:
    plans, tables = [tmp_path / "here.json", tmp_path / "there.json"], [tmp_path / "here.csv", tmp_path / "there.csv"]
    page = tmp_path / "page.html"
    call("solve", day_file, "-o", plans[0], "--csv", tables[0])
    job_id = jobs.submit(day(12)).id
    ended = call("watch", job_id, "--server", server, "-o", plans[1], "--csv", tables[1], "--html", page, "--json")
    assert (ended.code, ended.err) == (0, "")
    here, there = (json.loads(plan.read_text()) for plan in plans)
    assert there["blocks"] == here["blocks"]
    assert tables[0].read_bytes() == tables[1].read_bytes()
    assert page.read_text().startswith("<!doctype html>")
    assert json.loads(ended.out) == there


def test_a_wrong_file_is_told_as_solving_it_does_and_not_sent(tmp_path: Path, call: Call) -> None:
    file = write(tmp_path / "day.json", [*day(2), *day(1), 7])
    nowhere = f"http://127.0.0.1:{free_port()}"
    assert call("submit", file, "--server", nowhere) == call("solve", file)


def test_a_day_without_any_plan_is_told_before_it_is_sent(tmp_path: Path, call: Call) -> None:
    file = write(tmp_path / "day.json", {"routes": day(2), "options": {"earliest_start": "23:59"}})
    ended = call("submit", file, "--server", f"http://127.0.0.1:{free_port()}")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("tutti: no plan exists: route R0001 can't start")
    assert call("solve", file).code == 1


def test_a_week_with_a_day_without_any_plan_is_told_before_it_is_sent(tmp_path: Path, call: Call) -> None:
    routes = [{**route, "days": ["L", "M"]} for route in day(3)]
    routes[0] |= {"days": ["V"], "arrival_time": "05:00"}
    ended = call(
        "submit", write(tmp_path / "day.json", routes), "--week", "--server", f"http://127.0.0.1:{free_port()}"
    )
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"tutti: no plan exists: Friday: route {routes[0]['id']} can't start")


def test_a_day_that_may_drop_what_no_bus_can_run_is_sent(server: str, call: Call, tmp_path: Path) -> None:
    far = [route | {"features": ["lift"]} for route in day(1)]
    options = {"may_drop": True, "vehicle_types": [{"name": "bus", "seats": 100}]}
    routes = far + [route | {"vehicle_capacity_max": 100} for route in day(6)[1:]]
    file = write(tmp_path / "day.json", {"routes": routes, "options": options})
    here, there = call("solve", file), call("submit", file, "--server", server, "--watch")
    assert here.code == there.code == 0
    assert "R0001" in there.out
    assert without_times(there) == without_times(here)


def test_files_are_only_for_those_who_watch(day_file: Path, tmp_path: Path, call: Call) -> None:
    ended = call("submit", day_file, "-o", tmp_path / "plan.json")
    assert ended.code == 2
    assert "--watch: is missing" in ended.err


def test_a_file_that_can_not_be_written_is_told_before_anything_is_sent(
    day_file: Path, tmp_path: Path, call: Call
) -> None:
    for command in (["submit", day_file, "--watch"], ["watch", "any"]):
        ended = call(*command, "-o", tmp_path / "none" / "plan.json", "--server", f"http://127.0.0.1:{free_port()}")
        assert ended.code == 2
        assert "there is no folder" in ended.err


def test_a_server_that_is_away_is_a_sentence_and_a_code_of_its_own(day_file: Path, call: Call) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    for command in (["submit", day_file], ["watch", "any"]):
        ended = call(*command, "--server", address)
        assert (ended.code, ended.out) == (4, "")
        assert ended.err.startswith(f"tutti: {address} can't be reached")
        assert ended.err.count("\n") == 1


def test_an_address_that_is_none_is_a_bad_option(call: Call) -> None:
    ended = call("watch", "any", "--server", "localhost:8000")
    assert ended.code == 2
    assert ended.err.startswith("tutti: localhost:8000: is no address")


def test_an_unknown_job_is_told(server: str, call: Call) -> None:
    ended = call("watch", "none", "--server", server)
    assert ended.code == 4
    assert ended.err.startswith("tutti: there is no job 'none'")


def test_a_refusal_is_told_with_the_time_to_wait(day_file: Path, tmp_path: Path, call: Call) -> None:
    with tutti_serve(tmp_path / "data", TUTTI_MAX_JOBS_PER_CLIENT="1") as address, tidy_client(address) as client:
        client.submit(day(2500))
        ended = call("submit", day_file, "--server", address)
    assert ended.code == 4
    assert "limit for one client (in 30 s)" in ended.err


def test_a_limit_of_the_server_is_told(tmp_path: Path, server: str, call: Call) -> None:
    ended = call("submit", write(tmp_path / "day.json", day(3001)), "--server", server)
    assert ended.code == 4
    assert "3001 routes are more than the limit of 3000" in ended.err


def test_a_job_that_someone_cancelled_is_told(jobs: Client, server: str, call: Call, long_job: str) -> None:
    jobs.cancel(long_job)
    ended = call("watch", long_job, "--server", server)
    assert (ended.code, ended.err) == (4, f"tutti: job {long_job} was cancelled\n")


def test_a_job_that_failed_for_want_of_a_plan_is_told(jobs: Client, server: str, call: Call) -> None:
    job_id = jobs.submit(day(2), {"earliest_start": "23:59"}).id
    ended = call("watch", job_id, "--server", server)
    assert ended.code == 1
    assert f"job {job_id} failed: no plan exists" in ended.err


def test_a_terminal_shows_the_job_live_even_over_a_broken_connection(jobs: Client, server: str, long_job: str) -> None:
    with Proxy(server) as proxy, Terminal([*TUTTI, "watch", long_job, "--server", proxy.address]) as terminal:
        terminal.wait_for(SOLVING)
        proxy.cut()
        jobs.stop(long_job)
        assert terminal.wait() == 0
    assert "stopped on request" in terminal.screen


def test_ctrl_c_can_leave_the_job_running(jobs: Client, server: str, long_job: str) -> None:
    with Terminal([*TUTTI, "watch", long_job, "--server", server]) as terminal:
        terminal.wait_for(SOLVING)
        terminal.type(CTRL_C)
        terminal.wait_for(QUESTION)
        terminal.type(b"l\n")
        assert terminal.wait() == 130
    assert f"tutti watch {long_job} --server {server}" in terminal.screen
    assert jobs.job(long_job).status is JobStatus.RUNNING


def test_ctrl_c_can_stop_the_job_and_keep_its_plan(jobs: Client, server: str, long_job: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    with Terminal([*TUTTI, "watch", long_job, "--server", server, "-o", plan]) as terminal:
        terminal.wait_for(SOLVING)
        terminal.type(CTRL_C)
        terminal.wait_for(QUESTION)
        terminal.type(b"x\n")
        terminal.wait_for("select one of the available options")
        terminal.type(b"S\n")
        assert terminal.wait() == 130
    assert "stopped on request" in terminal.screen
    assert json.loads(plan.read_text())["kpis"]["trips"] == 2500
    assert jobs.job(long_job).stopped


def test_ctrl_c_can_cancel_the_job(jobs: Client, server: str, long_job: str) -> None:
    with Terminal([*TUTTI, "watch", long_job, "--server", server]) as terminal:
        terminal.wait_for(SOLVING)
        terminal.type(CTRL_C)
        terminal.wait_for(QUESTION)
        terminal.type(b"c\n")
        assert terminal.wait() == 130
    assert "was cancelled" in terminal.screen
    assert "Traceback" not in terminal.screen
    assert jobs.job(long_job).status is JobStatus.CANCELLED


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_no_answer_to_the_question_leaves_the_job_running(jobs: Client, server: str, long_job: str, key: bytes) -> None:
    with Terminal([*TUTTI, "watch", long_job, "--server", server]) as terminal:
        terminal.wait_for(SOLVING)
        terminal.type(CTRL_C)
        terminal.wait_for(QUESTION)
        terminal.type(key)
        assert terminal.wait() == 130
    assert "Traceback" not in terminal.screen
    assert jobs.job(long_job).status is JobStatus.RUNNING


def test_without_a_terminal_an_interrupted_watch_leaves_the_job_running_and_tells_no_password(
    jobs: Client, server: str, long_job: str
) -> None:
    with Proxy(server) as proxy:
        process = subprocess.Popen(
            [*TUTTI, "watch", long_job, "--server", proxy.address.replace("//", "//me:secret@")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        proxy.wait_for_answer(b"event: incumbent")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == f"the job runs on; see it again with: tutti watch {long_job} --server {proxy.address}\n"
    assert jobs.job(long_job).status is JobStatus.RUNNING


@pytest.mark.parametrize("command", ["submit", "watch"])
def test_help_of_what_calls_a_server_loads_no_http(command: str) -> None:
    assert not loaded_by(command, "--help") & {"httpx", "numpy", "highspy", *SERVICE}


def test_watching_loads_no_solver(jobs: Client, server: str) -> None:
    loaded = loaded_by("watch", jobs.submit(day(2)).id, "--server", server)
    assert "httpx" in loaded
    assert not loaded & {"ortools", "highspy", *SERVICE}


def test_the_history_of_a_job_is_printed_line_by_line(jobs: Client, server: str, call: Call) -> None:
    job_id = jobs.wait(jobs.submit(day(3)).id).id
    ended = call("history", job_id, "--server", server)
    lines = ended.out.splitlines()
    assert (ended.code, len(lines)) == (0, 3)
    assert "It was submitted with 3 routes" in lines[0]
    assert "It was completed with a plan of" in lines[2]


def test_the_history_of_an_unknown_job_is_refused(server: str, call: Call) -> None:
    assert call("history", "no-such-job", "--server", server).code == 4
