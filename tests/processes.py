"""Processes that are killed, what /proc says of them, and a way to wait for it."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

WAIT_S = 60.0


@contextmanager
def killed_at_the_end(command: Sequence[str], *, stdout: int = subprocess.PIPE) -> Iterator["subprocess.Popen[str]"]:
    """A process that the end of the block kills, also that by an error: else the test waits for it."""
    with subprocess.Popen(command, stdout=stdout, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def descendants(pid: int) -> list[int]:
    """A process and all that descend from it."""
    family = [pid]
    for parent in family:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                family += map(int, task.read_text().split())
    return family


def children(pid: int) -> list[int]:
    """Those that a process has started, and those that they have."""
    return descendants(pid)[1:]


def runs(pid: int) -> bool:
    """Whether a process runs: one that has ended may still be waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold."""
    until = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
