"""The solver process: takes one request after another from its pipe, plans it and reports; started by SolverProcess.

It ends with its parent: when the pipe is closed it exits at once, whatever it is doing.
"""

import gc
import json
import os
import resource
import sys
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from tutti.execution.messages import Finished, Refused, Report, Solve, Stop, requests
from tutti.execution.reporter import Reporter, moment
from tutti.fleet.document import read_plan
from tutti.fleet.errors import InputError
from tutti.fleet.plan import Plan
from tutti.fleet.reading import read_day
from tutti.optimizer import any_of
from tutti.optimizer.planning import answer

_MIB = 1024 * 1024


class Inbox:
    """Reads the pipe in a thread of its own, so that a request to stop is seen while the optimizer works."""

    def __init__(self, pipe: "Connection[bytes, bytes]") -> None:
        self.stop_reason: str | None = None
        self._pipe = pipe
        self._work: SimpleQueue[Solve] = SimpleQueue()
        Thread(target=self._read, name="inbox", daemon=True).start()

    def next(self) -> Solve:
        """The next request; waits for it."""
        return self._work.get()

    def _read(self) -> None:
        while True:
            try:
                request = requests.validate_json(self._pipe.recv_bytes())
            except (EOFError, OSError):
                os._exit(0)  # the parent is gone: nobody wants the answer
            match request:
                case Stop(reason=reason):
                    self.stop_reason = reason
                case Solve():
                    self.stop_reason = None  # a request to stop that came late was for the job before
                    self._work.put(request)


def planned(request: Solve, inbox: Inbox, reporter: Reporter) -> Report:
    """Plan what the request asks for."""
    day = read_day(json.loads(request.content))
    limit_s = min(day.options.time_limit_s or request.soft_limit_s, request.soft_limit_s) - request.spent_s
    day = replace(day, options=replace(day.options, time_limit_s=max(0.0, limit_s)))
    stop = any_of(reporter.watch, lambda _: inbox.stop_reason)
    found = answer(day, stop=stop, initial=_initial(request), callbacks=[reporter], begin=reporter.begin)
    certificate, last = found.certificate, None
    if certificate.objective is not None and certificate.bound is not None:
        last = moment("progress", "done", certificate.seconds, certificate.objective, certificate.bound)
    return Finished(
        status=certificate.status,
        document=json.dumps(found.document),
        last=last,
        reasons=certificate.reasons,
        seconds=certificate.seconds,
    )


def _initial(request: Solve) -> Plan | None:
    """The plan to start from; one that can't be read (written by another version) is left out with a warning."""
    if request.initial is None:
        return None
    try:
        return read_plan(json.loads(request.initial))
    except (InputError, ValueError) as error:
        print(f"warning: the checkpoint can't be used, solving starts anew: {error}", file=sys.stderr)  # noqa: T201
        return None


def main() -> None:
    """Serve the pipe whose file descriptor is the first argument; the second is the memory limit in MiB, 0 = none."""
    descriptor, memory_mb = int(sys.argv[1]), int(sys.argv[2])
    if memory_mb:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MIB, memory_mb * _MIB))
    pipe: Connection[bytes, bytes] = Connection(descriptor)
    inbox = Inbox(pipe)
    gc.freeze()  # what is imported stays: looking through it again and again takes longer than a small day
    while True:
        request = inbox.next()
        reporter = Reporter(pipe, request.plan_interval_s)
        report: Report
        try:
            report = planned(request, inbox, reporter)
        except InputError as error:
            report = Refused(code="invalid_input", message=str(error))
        except MemoryError:
            report = Refused(code="out_of_memory", message="the solver process reached its memory limit")
        except Exception as error:  # noqa: BLE001  # the boundary of the task: whatever failed is reported as it is
            traceback.print_exc()
            report = Refused(code="solver_error", message=f"the optimizer failed: {type(error).__name__}: {error}")
        pipe.send_bytes(report.encoded())


if __name__ == "__main__":
    main()
