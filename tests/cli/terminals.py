"""A program in a terminal of its own, watched and typed to as a person would."""

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

CTRL_C = b"\x03"
CTRL_D = b"\x04"
_DEADLINE_S = 60
_IN_TERMINAL = """import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""  # makes standard input the controlling terminal, so that Ctrl-C comes as a signal


class Terminal:
    """A process whose three streams are a terminal of 110 columns; `screen` is all that was written to it."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "110", "LINES": "40"}
        environment.pop("NO_COLOR", None)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _IN_TERMINAL, *(os.fspath(word) for word in command)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self.screen = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def wait_for(self, pattern: str) -> None:
        """Wait until the pattern has come up on the screen."""
        while not re.search(pattern, self.screen):
            assert self._read(), f"ended without {pattern!r}:\n{self.screen}"

    def wait(self) -> int:
        """Wait for the end; the exit code."""
        while self._read():
            pass
        return self._process.wait(_DEADLINE_S)

    def _read(self) -> bool:
        """Take what was written since; False when the program has ended."""
        ready, _, _ = select.select([self._master], [], [], _DEADLINE_S)
        assert ready, f"nothing happened for {_DEADLINE_S} s:\n{self.screen}"
        try:
            piece = os.read(self._master, 65_536)
        except OSError:  # how Linux tells that nobody holds the other end any more
            return False
        self.screen += piece.decode(errors="replace")
        return bool(piece)
