"""Processes of a run, each started with a mark in its environment by which all its descendants are found."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

_MARK = "CHAOS_MEMBER"
_SOLVER = b"tutti.execution.solver_main"
_LOOK_INTERVAL_S = 0.05


class Member:
    """A Python module with arguments, and every process that descends from it, also when those in between are gone."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._mark = f"{_MARK}={uuid4()}"
        with log.open("ab") as stream:
            self._first = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env={**os.environ, **environment, _MARK: self._mark.partition("=")[2]},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its first process."""
        return self._first.pid

    @property
    def alive(self) -> bool:
        """Whether its first process runs."""
        return self._first.poll() is None

    def pids(self) -> list[int]:
        """All its processes that run."""
        return sorted(pid for pid, environment in _environments() if self._mark.encode() in environment.split(b"\0"))

    def solvers(self) -> list[int]:
        """Those of its processes that solve."""
        return [pid for pid in self.pids() if _SOLVER in _read(pid, "cmdline")]

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its first process."""
        self._first.send_signal(number)

    def wait(self, timeout_s: float) -> int:
        """Its exit code, once its first process has ended."""
        return self._first.wait(timeout_s)

    def freeze(self) -> None:
        """Stop all its processes in the middle of whatever they do, as a paused machine does."""
        signal_all(self.pids(), signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        signal_all(self.pids(), signal.SIGCONT)

    def kill(self) -> None:
        """Kill all its processes, as the end of a machine does."""
        self.freeze()  # so that none starts another one meanwhile
        while pids := self.pids():
            signal_all(pids, signal.SIGKILL)
            self._first.poll()
            time.sleep(_LOOK_INTERVAL_S)
        self._first.wait()


def signal_all(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to each of these that still runs."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def descendants(pid: int) -> list[int]:
    """A process and all that descend from it."""
    family = [pid]
    for parent in family:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                family += map(int, task.read_text().split())
    return family


def _environments() -> Iterator[tuple[int, bytes]]:
    """Every process that runs (a zombie does not) and the environment that it was started with."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (environment := _read(int(folder.name), "environ")):
            yield int(folder.name), environment


def _read(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:  # it has ended
        return b""
