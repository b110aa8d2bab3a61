"""The lines that the service's processes log: JSON for machines, readable ones for people in a terminal.

Whoever logs uses the standard library's `logging`; what belongs to a line (a job's id, a request's) is taken from
structlog's context variables and from `extra`. Libraries go through the same formatter.
"""

import json
import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal

import structlog
from rich.console import Console
from structlog.stdlib import ProcessorFormatter

Form = Literal["auto", "json", "text"]
Level = Literal["debug", "info", "warning", "error"]

FIELDS = {
    "job_id": "the job that the line is about",
    "task_id": "the task of Celery that runs it",
    "attempt": "which attempt at it",
    "trace_id": "the trace that it belongs to, where traces are told to a collector",
    "request_id": "the request; what a client sent as `X-Request-ID`, and what the answer says there",
    "user": "who sent the request, where the service has users",
    "queue": "the job's queue",
    "holder": "the process that took it: machine and number",
    "reason": "why it goes back to its queue",
    "code": "why it failed, in a word; the sentence is in the job's history",
    "seconds": "of solving, or from a request's head to its answer's",
    "method": "the request's",
    "route": "the template of the request's path",
    "status": "the answer's",
}
"""What a line has besides its time, level, logger and event, where it is known. Nothing else gets in by `extra`."""

_LIBRARIES = logging.WARNING  # below it Celery would log what a task was given and answered: the days of our users

logger = logging.getLogger(__name__)


def set_up_logs(form: Form, level: Level) -> Callable[[str], None]:
    """Log to stderr from now on. `auto`: text in a terminal, else JSON.

    Gives what tells a sentence to whoever started the process: a line for people is no line for machines.
    """
    in_terminal = sys.stderr.isatty()
    as_json = form == "json" or (form == "auto" and not in_terminal)
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(as_json=as_json, colours=in_terminal))
    own = getattr(logging, level.upper())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(own, _LIBRARIES))
    logging.getLogger("tutti").setLevel(own)
    logging.captureWarnings(True)  # the library's signature
    sys.excepthook = _log_end
    threading.excepthook = _log_end_of_thread
    return logger.info if as_json else Console(stderr=True, soft_wrap=True).print


def _formatter(*, as_json: bool, colours: bool) -> ProcessorFormatter:
    finish: list[structlog.typing.Processor] = [ProcessorFormatter.remove_processors_meta]
    if as_json:
        finish += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(json.dumps, default=str)]
    else:
        plain = structlog.dev.plain_traceback  # others show what variables hold
        finish.append(structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain))
    return ProcessorFormatter(
        processors=finish,
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(FIELDS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
    )


def _log_end(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, at)
        return
    logger.critical("the process ends by an error that was not foreseen", exc_info=(kind, error, at))


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is None:
        return
    name = "" if ended.thread is None else ended.thread.name
    found = (ended.exc_type, ended.exc_value, ended.exc_traceback)
    logger.error("the thread %s ends by an error that was not foreseen", name, exc_info=found)
