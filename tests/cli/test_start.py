"""What is loaded for which command: starting must not cost more than solving."""

import re
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
