"""The command line as a user has it: a process of its own, or, where a process adds nothing, called in this one."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.days import day
from tutti.cli import main

TUTTI = [sys.executable, "-m", "tutti"]


class Ended(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Ended]


def run(*arguments: str | Path, stdin: str = "", environment: dict[str, str] | None = None) -> Ended:
    """The command in a process of its own, without a terminal."""
    done = subprocess.run(
        [*TUTTI, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """The same in this process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGPIPE, signal.SIGINT)}

    def run_here(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["tutti", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        return Ended(code, *capsys.readouterr())

    yield run_here
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def day_file(tmp_path: Path) -> Path:
    """A file with a small day of routes."""
    return write(tmp_path / "day.json", day(12))


def write(path: Path, content: object) -> Path:
    """Content as a JSON file."""
    path.write_text(json.dumps(content))
    return path
