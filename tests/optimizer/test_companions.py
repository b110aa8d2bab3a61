"""More cores for one solve: the processes beside it help, may die, and never outlive it."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.optimizer.verdict import checked_plan
from tests.optimizer.watching import Recorder
from tests.processes import children, eventually, killed_at_the_end, runs
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Bound, Status
from tutti.fleet.problem import Problem
from tutti.fleet.proof import Proof
from tutti.fleet.reading import read_day
from tutti.optimizer import Progress, solve
from tutti.optimizer.companions import Companions, companions
from tutti.optimizer.companions.line import Line
from tutti.optimizer.state.exchange import News


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The companions that are started, at the first poll."""
    pids: list[int] = []
    start = companions._started  # who else would know which processes of this one they are

    def note() -> tuple["subprocess.Popen[bytes]", Line]:
        process, line = start()
        pids.append(process.pid)
        return process, line

    monkeypatch.setattr(companions, "_ALONE_S", 0.0)
    monkeypatch.setattr(companions, "_started", note)
    return pids


def hard_day() -> Problem:
    """A day that takes longer than companions need to start, and is proven."""
    return read_day(generate_day(100, 1, types=True, wide=True)).problem()


def large_day() -> Problem:
    """A day that takes minutes."""
    return read_day(generate_day(400, 1, types=True, wide=True)).problem()


def wait_for(path: Path) -> None:
    """Until it is there and has something in it."""
    assert eventually(lambda: path.exists() and path.read_text() != "")


def test_a_companion_finds_plans_and_bounds(monkeypatch: pytest.MonkeyPatch, started: list[int]) -> None:
    heard: list[News] = []
    listen = Companions.heard

    def listens(self: Companions, seconds: float) -> list[News]:
        """A leader that has nothing to do but to listen."""
        heard.extend(news := list(listen(self, seconds)))
        if not news:
            time.sleep(0.2)
        return news

    monkeypatch.setattr(Companions, "heard", listens)
    problem = hard_day()
    recorder = Recorder()
    result = solve(problem, cores=2, callbacks=[recorder])
    assert result.certificate.status is Status.OPTIMAL
    checked_plan(problem, result)
    assert heard
    assert recorder.plans[-1] == result.plan
    assert len(started) == 1
    assert not any(map(runs, started))
    assert not {thread.name for thread in threading.enumerate()} & {"line", "sender"}


def test_companions_that_are_killed_are_missed_by_nobody(started: list[int]) -> None:
    def kill(progress: Progress) -> None:
        for pid in filter(runs, started):
            os.kill(pid, signal.SIGKILL)

    problem = hard_day()
    result = solve(problem, cores=3, stop=kill)
    assert result.certificate.status is Status.OPTIMAL
    checked_plan(problem, result)
    assert len(started) == 2


def test_companions_that_are_paused_hold_nobody_up(started: list[int]) -> None:
    def pause(progress: Progress) -> str | None:
        for pid in started:
            os.kill(pid, signal.SIGSTOP)
        return "long enough" if progress.seconds > 3 else None

    result = solve(large_day(), cores=2, stop=pause)
    assert result.certificate.status is Status.STOPPED
    assert len(started) == 1
    assert not any(map(runs, started))


@pytest.mark.usefixtures("started")
def test_companions_that_can_not_be_started_are_missed_by_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(companions, "_COMMAND", ("/nowhere/python",))
    problem = read_day(generate_day(40, 1, types=True, wide=True)).problem()
    result = solve(problem, cores=4)
    assert result.certificate.status is Status.OPTIMAL
    assert [record.getMessage() for record in caplog.records] == [
        "companions of the solver can't be started: [Errno 2] No such file or directory: '/nowhere/python'"
    ]


def test_a_companion_that_fails_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], started: list[int]
) -> None:
    def wait_for_its_end(progress: Progress) -> None:
        assert eventually(lambda: not any(map(runs, started)))

    monkeypatch.setattr(Companions, "__init__", _with_no_problem)
    result = solve(hard_day(), cores=2, stop=wait_for_its_end)
    assert result.certificate.status is Status.OPTIMAL
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("WARNING a companion of the solver ended: AttributeError: ")
    assert captured.err.count("\n") == 1


def test_a_day_that_is_planned_at_once_starts_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "_COMMAND", ("/nowhere/python",))
    result = solve(read_day(generate_day(40, 1)).problem(), cores=8)
    assert result.certificate.status is Status.OPTIMAL


def test_a_companion_hears_what_was_found_before_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
import time
import tutti.optimizer.companion_main as companion
def solve(problem, seed, leader):
    while not (heard := list(leader.heard(0.0))):
        pass
    leader.tell(heard[0])
    time.sleep(600)
companion.solve_beside = solve
companion.main()
"""
    monkeypatch.setattr(companions, "_COMMAND", (sys.executable, "-c", code))
    answers: list[News] = []
    with Companions(hard_day(), 0, 1) as beside:
        beside.tell(News([[0, 1], [2]], Bound(2, 30), Proof()))

        def is_answered() -> bool:
            answers.extend(beside.heard(60.0))
            return answers != []

        assert eventually(is_answered)
    assert answers == [News([[0, 1], [2]], Bound(2, 30), Proof())]


@pytest.mark.usefixtures("started")
def test_a_companion_that_has_tried_everything_begins_again_with_another_seed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = f"""
import tutti.optimizer.companion_main as companion
from types import SimpleNamespace
from tutti.fleet.plan import Status
from tutti.optimizer.stages import solve_beside
tried = []
def solve(problem, seed, leader):
    while not (heard := list(leader.heard(0.0))):
        pass
    tried.append(f"{{seed}}: {{len(heard[0].chains) > 0}}")
    if len(tried) < 3:
        return SimpleNamespace(certificate=SimpleNamespace(status=Status.FEASIBLE))
    open({str(tmp_path / "tried")!r}, "w").write(", ".join(tried))
    return solve_beside(problem, seed, leader)
companion.solve_beside = solve
companion.main()
"""
    monkeypatch.setattr(companions, "_COMMAND", (sys.executable, "-c", code))
    result = solve(hard_day(), seed=10, cores=2, stop=lambda _: wait_for(tmp_path / "tried"))
    assert result.certificate.status is Status.OPTIMAL
    assert (tmp_path / "tried").read_text() == "11: True, 13: True, 15: True"


def test_companions_end_when_the_solve_is_killed(tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    with day.open("w") as file:
        subprocess.run([sys.executable, "-m", "tutti", "generate", "400", "--types", "--wide"], stdout=file, check=True)
    command = [sys.executable, "-m", "tutti", "solve", str(day), "--cores", "3", "--time-limit", "120"]
    with killed_at_the_end(command, stdout=subprocess.DEVNULL) as process:
        assert eventually(lambda: len(children(process.pid)) == 2)
        beside = children(process.pid)
    assert eventually(lambda: not any(map(runs, beside)))


def _with_no_problem(self: Companions, problem: Problem, seed: int, number: int) -> None:
    """As the leader's, but what the companion is given is no problem."""
    vars(self).update(_problem="nonsense", _seed=seed, _number=number, _is_alone=True, _companions=[], _newest=None)
