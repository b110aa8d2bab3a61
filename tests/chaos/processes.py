"""Processes of a run, each started with a mark in its environment by which all its descendants are found."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from tutti import probe

_MARK = "CHAOS_MEMBER"
_SOLVER = b"tutti.execution.solver_main"
_LOOK_INTERVAL_S = 0.05


class Member:
    """A Python module with arguments, and every process that descends from it, also when those in between are gone."""

    def __init__(
        self, name: str, arguments: list[str], environment: Mapping[str, str], log: Path, signs: Path | None = None
    ) -> None:
        """signs: the folder of its signs of life, if it gives any."""
        self.name = name
        self._signs = signs
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

    @property
    def ready(self) -> bool:
        """Whether its last sign says that it could claim a job."""
        return self._sign_age_s(probe.READY) <= probe.DEFAULT_AGE_S

    @property
    def stuck(self) -> bool:
        """Whether it runs, and its signs of life have ended."""
        return self.alive and probe.DEFAULT_AGE_S < self._sign_age_s(probe.LIVE) < math.inf

    def pids(self) -> list[int]:
        """All its processes that run."""
        return sorted(pid for pid, environment in _environments() if self._mark.encode() in environment.split(b"\0"))

    def solvers(self) -> list[int]:
        """Those of its processes that solve."""
        return [pid for pid in self.pids() if _SOLVER in _read(pid, "cmdline")]

    def portrait(self) -> str:
        """How it is, and each of its processes with what it waits for."""
        lines = [f"{self.name} {self.pid}: " + ("alive" if self.alive else f"ended by {self._first.returncode}")]
        for pid in self.pids():
            command = _read(pid, "cmdline").replace(b"\0", b" ").decode()
            lines.append(f"  {pid} {_read(pid, 'wchan').decode()}: {command}")
        return "\n".join(lines)

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

    def _sign_age_s(self, sign: str) -> float:
        """Infinite for one that was never given."""
        try:
            return math.inf if self._signs is None else time.time() - (self._signs / sign).stat().st_mtime
        except FileNotFoundError:
            return math.inf


def signal_all(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to each of these that still runs."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


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
