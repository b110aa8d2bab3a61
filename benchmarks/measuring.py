"""Runs a command alone on one core and measures what it took; prints rows of a table as they come."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished command: its wall-clock seconds, its most resident memory, its exit code and all that it printed."""

    seconds: float
    peak_mb: float
    exit_code: int
    printed: str


def stay_on_one_core(core: int | None) -> int:
    """Bind this process and all that it starts to `core` (None: the last one that it may use); the core's number."""
    chosen = max(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {chosen})
    return chosen


def run_measured(command: Sequence[str | Path]) -> Run:
    """Run `command` to its end with one thread for each library in it.

    A process begins with the peak memory of the one that started it, so this one must stay small: no numpy here.
    """
    with tempfile.TemporaryFile("w+") as printed:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdout=printed, stderr=subprocess.STDOUT, env=os.environ | _ONE_THREAD
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        return Run(seconds, usage.ru_maxrss * 1024 / 1e6, process.returncode, printed.read())


class Table:
    """A table in Markdown, printed row by row."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._widths = [max(len(column), 6) for column in columns]
        self._widths[0] = max(self._widths[0], 10)
        self.row(columns)
        self.row([("-" if number == 0 else "-:").rjust(width, "-") for number, width in enumerate(self._widths)])

    def row(self, cells: Sequence[object]) -> None:
        """Print one row; floats get three digits that matter, None becomes a dash."""
        texts = [_text(cell) for cell in cells]
        padded = [
            text.rjust(width) if number else text.ljust(width)
            for number, (text, width) in enumerate(zip(texts, self._widths, strict=True))
        ]
        print("| " + " | ".join(padded) + " |", flush=True)


def _text(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell >= 100 else f"{cell:.3g}"
    return str(cell)


def complain(message: str) -> None:
    """A sentence on stderr, so that the table on stdout stays a table."""
    print(message, file=sys.stderr, flush=True)
