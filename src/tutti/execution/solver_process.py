"""The runner's end of a solver process: started once, given one job after another, stopped or killed when need be."""

import logging
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from contextvars import copy_context
from multiprocessing import Pipe
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, cast

from pydantic import ValidationError

from tutti.execution import proc
from tutti.execution.errors import SolverDiedError
from tutti.execution.messages import Finished, MessageSender, Refused, Report, Solve, Stop, reports

logger = logging.getLogger("tutti.solver")  # of what the process says, not of this module

_LOG_LINES = 40
_LOG_LINE_BYTES = 1000
_REPORT_BYTES = 512 * 1024 * 1024  # a report that claims to be longer is garbage
_CUT_OFF = "got end of file during message"  # what multiprocessing says if a process ended while it wrote
_EXIT_WAIT_S = 5.0
_LEVELS = logging.getLevelNamesMapping()
_FORGET_PEAK = "5"  # see proc(5), clear_refs
_COMMAND = (sys.executable, "-m", "tutti.execution.solver_main")


class SolverProcess:
    """A process that solves. It has a session of its own, so that Ctrl-C in a terminal reaches only its parent."""

    def __init__(self, *, memory_mb: int = 0, command: Sequence[str] = _COMMAND) -> None:
        self._pipe, theirs = Pipe()
        self.jobs = 0
        self.busy = False  # it was given a job that it has not answered
        self._companions_bytes = 0
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # the command is ours
                [*command, str(theirs.fileno()), str(memory_mb)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._sender = MessageSender(self._pipe)
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._about = copy_context()
        output = cast("IO[bytes]", self._process.stdout)  # there, because PIPE was asked for
        self._drain = Thread(target=self._drain_output, args=(output,), name="solver-log", daemon=True)
        self._drain.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def resident_mb(self) -> float:
        """The memory that it occupies, MiB; 0 if it is gone."""
        return proc.resident_mb(self.pid)

    def look_at_companions(self) -> None:
        """Note what they occupy, for `peak_bytes`: when it answers they are gone."""
        companions = [pid for pid in proc.children(self.pid) if not proc.shares_memory(pid, self.pid)]
        self._companions_bytes = max(self._companions_bytes, sum(map(proc.peak_bytes, companions)))

    def peak_bytes(self) -> int:
        """The most that it, and its companions when they were looked at, occupied since it was given its job."""
        return proc.peak_bytes(self.pid) + self._companions_bytes

    def solve(self, request: Solve) -> None:
        """Give it a job, without waiting until it takes it; what it prints is logged as of that from now on."""
        if self.jobs:  # its last lines are those of this job, not of others before it
            self._log.clear()
        self.jobs += 1
        self.busy = True
        self._companions_bytes = 0
        self._about = copy_context()
        with suppress(OSError):
            Path(f"/proc/{self.pid}/clear_refs").write_text(_FORGET_PEAK)
        self._sender.send_message(request)

    def stop(self, reason: str) -> None:
        """Ask it to end soon with the best plan it has."""
        self._sender.send_message(Stop(reason=reason))

    def receive(self, timeout_s: float) -> Report | None:
        """Its next report; None if it has none within the time. SolverDiedError if it is gone or talks nonsense."""
        try:
            if not self._pipe.poll(max(0.0, timeout_s)):
                return None
            report = reports.validate_json(self._pipe.recv_bytes(_REPORT_BYTES))
        except (EOFError, ConnectionError):
            raise self._death() from None
        except (ValidationError, OSError) as error:
            if str(error) == _CUT_OFF:
                raise self._death() from None
            self.kill()
            message = f"the solver process wrote what is no report ({type(error).__name__}); it was killed"
            raise SolverDiedError("solver_garbled", message, self._log) from None
        self.busy = not isinstance(report, Finished | Refused)
        return report

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()
        self._sender.close(_EXIT_WAIT_S)
        self._pipe.close()
        self._drain.join(_EXIT_WAIT_S)

    def __enter__(self) -> "SolverProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    def _drain_output(self, stream: IO[bytes]) -> None:
        """Keep the last lines that it prints, and log each: as what it is, or as a warning if that is not said."""
        with stream:
            while printed := stream.readline(_LOG_LINE_BYTES):
                line = printed.decode(errors="replace").rstrip()
                self._log.append(line)
                word, _, rest = line.partition(" ")
                level, text = (_LEVELS[word], rest) if word in _LEVELS else (logging.WARNING, line)
                self._about.run(logger.log, level, "%s", text)

    def _death(self) -> SolverDiedError:
        """What to report of a process that closed its pipe."""
        try:
            code = self._process.wait(_EXIT_WAIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return SolverDiedError("solver_garbled", "the solver process closed its pipe; it was killed", self._log)
        self._drain.join(_EXIT_WAIT_S)
        return SolverDiedError(*describe_exit(code), self._log)


def describe_exit(code: int) -> tuple[str, str]:
    """A word and a sentence for a return code, as subprocess gives it (negative: the signal)."""
    if code == -signal.SIGKILL:
        return "solver_killed", "the solver process was killed (SIGKILL), most often because memory ran out"
    if code < 0:
        return "solver_crashed", f"the solver process crashed in native code ({signal.Signals(-code).name})"
    return "solver_exited", f"the solver process ended with exit code {code} before it had answered"
