import json
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import TUTTI, write
from tests.cli.terminals import CTRL_C, Terminal
from tests.days import day
from tutti.cli.interrupt import Interruptible
from tutti.fleet.reading import read_day
from tutti.optimizer import solve

SOLVING = r"\d+ buses \(at least \d+\), deadhead \d+ min.*gap \d+\.\d\d%, \d+\.\d s"


@pytest.fixture
def long_day(tmp_path: Path) -> Path:
    """A day whose proof takes minutes."""
    content = {"routes": day(700), "options": {"windows": {"entry": [-30, 30], "exit": [-30, 30]}}}
    return write(tmp_path / "long.json", content)


def test_progress_is_a_live_line_that_is_gone_at_the_end(day_file: Path) -> None:
    with Terminal([*TUTTI, "solve", day_file]) as terminal:
        assert terminal.wait() == 0
    live, erase, report = terminal.screen.rpartition("\x1b[1A\x1b[2K")
    assert "reading the routes" in live
    assert "writing the plan" in live
    assert erase
    assert "Optimal, proven after" in report


def test_colour_tells_entry_and_exit_apart(day_file: Path) -> None:
    with Terminal([*TUTTI, "solve", day_file]) as terminal:
        terminal.wait()
    assert "\x1b[38;5;33m██" in terminal.screen
    assert "\x1b[38;5;214m▄▄" in terminal.screen


def test_ctrl_c_keeps_and_writes_the_best_plan(long_day: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    with Terminal([*TUTTI, "solve", long_day, "-o", plan]) as terminal:
        terminal.wait_for(SOLVING)
        terminal.type(CTRL_C)
        assert terminal.wait() == 130
    assert "interrupted" in terminal.screen
    assert "Traceback" not in terminal.screen
    document = json.loads(plan.read_text())
    assert document["certificate"]["stop_reason"] == "interrupted"
    assert document["kpis"]["trips"] == 700
    assert not list(tmp_path.glob(".*"))


def test_the_second_ctrl_c_ends_at_once() -> None:
    with Interruptible() as interruptible:
        signal.raise_signal(signal.SIGINT)
        assert interruptible.happened.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_after_the_solve_ctrl_c_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruptible():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupted_solve_says_so() -> None:
    with Interruptible() as interruptible:
        signal.raise_signal(signal.SIGINT)
        result = solve(read_day(day(12)).problem(), stop=interruptible.rule)
    assert result.plan is not None
    assert result.certificate.stop_reason == "interrupted"
