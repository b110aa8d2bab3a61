"""The solver process: takes one request after another from its pipe, plans it and reports; started by SolverProcess.

It ends with its parent: when the pipe is closed it exits at once, whatever it is doing.
"""

import gc
import json
import logging
import os
import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from tutti.execution.messages import Finished, MessageSender, Refused, Report, Solve, Stop, Warned, requests
from tutti.execution.reporter import Reporter, moment
from tutti.fleet.day import Day
from tutti.fleet.errors import InputError
from tutti.fleet.reading import read_day
from tutti.fleet.schedule import schedule_of
from tutti.optimizer import any_of
from tutti.optimizer.planning import answer
from tutti.optimizer.standing import Standing, stood_at

logger = logging.getLogger(__name__)

_MIB = 1024 * 1024
_NICENESS = 5  # of the CPU that it and its holder both want, it leaves the holder three quarters


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


def planned(request: Solve, inbox: Inbox, reporter: Reporter, send: Callable[[Report], None]) -> Report:
    """Plan what the request asks for."""
    day = read_day(json.loads(request.content))
    limit_s = min(day.options.time_limit_s or request.soft_limit_s, request.soft_limit_s)
    day = replace(day, options=replace(day.options, time_limit_s=limit_s))
    start = _start(request, day.options.cost_name, send)
    origin = f"from a plan that took {request.spent_s:.1f} s" if start else "from nothing"
    logger.info("plans %d routes within %g s, %s", len(day.routes), limit_s, origin)
    stop = any_of(reporter.watch, lambda _: inbox.stop_reason)
    found = answer(
        day,
        stop=stop,
        start=start,
        callbacks=[reporter],
        begin=reporter.begin,
        spent_s=request.spent_s,
        cores=request.cores,
    )
    certificate, document, last = found.certificate, found.document, None
    if certificate.objective is not None and certificate.bound is not None:
        last = moment("progress", "done", certificate.seconds, certificate.objective, certificate.bound)
    return Finished(
        status=certificate.status,
        document=json.dumps(document),
        last=last,
        schedule=_kept(day, document) if request.with_schedule and last is not None else None,
        reasons=certificate.reasons,
        seconds=certificate.seconds,
        limit_s=limit_s,
    )


def _kept(day: Day, document: dict[str, Any]) -> str | None:
    """The plan in the kept shape, JSON text; that is long, so it is written by what is fast.

    None if a name in it is no text: half of a surrogate pair, which a message of the broker may bring.
    """
    try:
        return to_json(schedule_of(day, document)).decode()
    except PydanticSerializationError:
        return None


def _start(
    request: Solve, cost_name: str | None, send: Callable[[Report], None]
) -> Mapping[tuple[str, ...], Standing] | None:
    """Where the attempts before stood, None if they left nothing; what can't be read is left out with a warning.

    cost_name: what the day's costs are called, None if it has none.
    """
    if request.initial is None:
        return None
    try:
        return stood_at(json.loads(request.initial), cost_name)
    except (InputError, ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"its checkpoint can't be read, so solving starts anew ({type(error).__name__}: {error})"
        send(Warned(message=message))
        return None


def main() -> None:
    """Serve the pipe whose file descriptor is the first argument; the second is the memory limit in MiB, 0 = none."""
    descriptor, memory_mb = int(sys.argv[1]), int(sys.argv[2])
    if memory_mb:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MIB, memory_mb * _MIB))
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)  # as SolverProcess reads it
    pipe: Connection[bytes, bytes] = Connection(descriptor)
    os.nice(_NICENESS)  # only now: it was waited for while it started
    inbox, sender = Inbox(pipe), MessageSender(pipe)
    gc.freeze()  # what is imported stays: looking through it again and again takes longer than a small day
    while True:
        request = inbox.next()
        reporter = Reporter(sender.send_message, request.plan_interval_s)
        report: Report
        try:
            report = planned(request, inbox, reporter, sender.send_message)
        except InputError as error:
            report = Refused(code="invalid_input", message=str(error))
        except MemoryError:
            report = Refused(code="out_of_memory", message="the solver process reached its memory limit")
        except Exception as error:  # the boundary of the task: whatever failed is reported as it is
            logger.exception("the optimizer failed")
            report = Refused(code="solver_error", message=f"the optimizer failed: {type(error).__name__}: {error}")
        sender.send_message(report)


if __name__ == "__main__":
    main()
