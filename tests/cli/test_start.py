"""What is loaded for which command: starting must not cost more than solving."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SERVICE = {"fastapi", "uvicorn", "sqlalchemy", "celery", "redis", "alembic"}


def loaded_by(*arguments: str) -> set[str]:
    """The top-level packages that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tutti", *arguments], capture_output=True, text=True, check=True
    )
    return set(re.findall(r"\| +(\w+)", done.stderr))


@pytest.mark.parametrize("arguments", [["--help"], ["solve", "--help"], ["--version"]])
def test_help_loads_nothing_that_computes(arguments: list[str]) -> None:
    loaded = loaded_by(*arguments)
    assert "typer" in loaded
    assert not loaded & {"numpy", "scipy", "ortools", "highspy", *SERVICE}


def test_solving_loads_no_service_and_no_table_library(day_file: Path) -> None:
    loaded = loaded_by("solve", str(day_file), "--json")
    assert "highspy" in loaded
    assert not loaded & {"pandas", "jinja2", *SERVICE}


def test_checking_loads_no_solver(day_file: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    loaded_by("solve", str(day_file), "-o", str(plan))
    assert not loaded_by("check", str(day_file), str(plan)) & {"ortools", "highspy", *SERVICE}


@pytest.mark.parametrize(("interrupt", "end"), [(signal.SIG_DFL, -signal.SIGINT), (signal.SIG_IGN, 0)])
def test_ctrl_c_while_the_program_loads_ends_it_without_a_traceback_unless_it_is_ignored(
    tmp_path: Path, interrupt: signal.Handlers, end: int
) -> None:
    interrupt_once = "import os, signal, sys; sys.path.pop(0); os.kill(os.getpid(), signal.SIGINT)"
    (tmp_path / "typer.py").write_text(f"{interrupt_once}; del sys.modules['typer']; import typer\n")
    done = subprocess.run(
        [sys.executable, "-m", "tutti", "--version"],
        cwd=tmp_path,  # where Python looks first
        preexec_fn=lambda: signal.signal(signal.SIGINT, interrupt) and None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (end, "")
