"""What trees of processes have used of the processors, by what the processes are; as /proc has it."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
WORKER, POOL, SOLVERS = "first process", "pool", "solvers"
"""Of a worker: what listens to the broker, what runs the tasks, and Tutti's processes that solve for these."""


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    name: str
    own_s: float
    reaped_s: float  # of its children that have ended


def used(roots: Mapping[int, str]) -> dict[str, float]:
    """Seconds of user and system time of the processes with these ids and of all that they started, by name.

    roots: what each is called; what a WORKER started is a POOL and its SOLVERS, all else has the name of its root.
    """
    processes = {process.pid: process for process in _processes()}
    seconds: dict[str, float] = defaultdict(float)
    for process in processes.values():
        generation, root = 0, process
        while root.pid not in roots and root.parent in processes:
            generation, root = generation + 1, processes[root.parent]
        if (name := roots.get(root.pid)) is not None:
            line = (WORKER, POOL, SOLVERS) if name == WORKER else (name,)
            seconds[line[min(generation, len(line) - 1)]] += process.own_s
            seconds[line[min(generation + 1, len(line) - 1)]] += process.reaped_s
    return seconds


def named(name: str) -> set[int]:
    """The processes of this name whose parents are not, too."""
    found = {process.pid: process for process in _processes() if process.name == name}
    return {pid for pid, process in found.items() if process.parent not in found}


def _processes() -> Iterator[_Process]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            _, _, told = (folder / "stat").read_text().partition(" (")
            name, _, rest = told.rpartition(") ")  # a name may have brackets in it
            fields = rest.split()
            own, reaped = (_TICK_S * (int(fields[at]) + int(fields[at + 1])) for at in (11, 13))
            yield _Process(int(folder.name), int(fields[1]), name, own, reaped)
