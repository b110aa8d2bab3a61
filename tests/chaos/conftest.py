"""One fleet for all faults, and the table of what they did."""

import os
import sys
from collections.abc import Iterator

import pytest

from tests.chaos.faults import LEFT_OUT
from tests.chaos.fleet import Fleet
from tests.chaos.outcome import Comparison, Outcome, table

JOBS = int(os.environ.get("CHAOS_JOBS", "0"))
"""Jobs for each fault alone; 0: a few for all faults together, which takes two minutes."""
SEED = int(os.environ.get("CHAOS_SEED", "1"))

if sys.platform != "linux":  # processes are found in /proc
    collect_ignore_glob = ["test_f*.py", "comparison/*"]

_outcomes: list[Outcome] = []
_comparisons: list[Comparison] = []


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A service of 4 workers and 2 APIs."""
    with Fleet(tmp_path_factory.mktemp("fleet")) as fleet:
        yield fleet


@pytest.fixture
def outcomes() -> list[Outcome]:
    """Where each fault's outcome is kept for the table."""
    return _outcomes


@pytest.fixture
def comparisons() -> list[Comparison]:
    """Where each side's figures are kept for the table."""
    return _comparisons


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    for fault in LEFT_OUT if _outcomes else ():
        terminalreporter.write_line(f"left out, for libfaketime does not work on this machine: {fault.name}")
    for rows in (_outcomes, _comparisons):
        if rows:
            terminalreporter.section(f"chaos: seed {SEED}")
            terminalreporter.write_line(table(rows))
