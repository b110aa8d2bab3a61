"""`tutti flower`: Flower, which shows workers, tasks and queues in a browser, behind a password."""

import ipaddress
import os
import signal
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from kombu import Queue
from kombu.utils.url import parse_url

from tutti.execution.addresses import EVERY, shown
from tutti.execution.celery_configuration import WORKER_QUEUES, make_app
from tutti.fleet.errors import Finding, InputError
from tutti.settings import Settings, read_settings
from tutti.telemetry.logs import set_up_logs

_SAVE_INTERVAL_MS = 60_000
_MOST_TASKS = 10_000  # 5 KiB each; of the 100,000 that Flower would keep the chart's 256 MiB hold a third


def run_flower(*, host: str, port: int, without_password: bool, state: Path | None = None) -> None:
    """Show it until SIGTERM or Ctrl-C. InputError if a part is not installed, not set, not allowed or not free.

    state: the file that keeps what it has seen, written each minute and at the end.
    """
    settings = read_settings()
    credentials = _credentials(settings)
    findings = _objections(settings, host, guarded=bool(credentials), without_password=without_password)
    if state is not None and not os.access(state.parent, os.W_OK):
        findings.append(Finding(f"--state {state}", "is in no folder that can be written to; name one that can"))
    if findings:
        raise InputError(findings)
    say = set_up_logs(settings.log_format, settings.log_level)
    given = None if without_password else credentials
    _prepare(settings, host, port, credentials=given, state=state, say=say)()


def _credentials(settings: Settings) -> str | None:
    """`user:password` as Flower takes it; None if there is no password."""
    password = settings.flower_password.get_secret_value()
    return f"{settings.flower_user}:{password}" if settings.flower_user and password else None


def _objections(settings: Settings, host: str, *, guarded: bool, without_password: bool) -> list[Finding]:
    """What is to be put right before Flower may start."""
    findings = []
    if find_spec("flower") is None:
        findings.append(Finding("flower", "is not installed; install tutti with its extra: tutti[monitoring]"))
    if not settings.broker_url:
        findings.append(Finding("TUTTI_BROKER_URL", "names no broker; set it"))
    if without_password and not _is_loopback(host):
        findings.append(Finding("--without-password", f"is for this machine only, not for {host}; set a password"))
    if not (guarded or without_password):
        message = "is not set; Flower starts without a password only with --without-password"
        findings.append(Finding("TUTTI_FLOWER_PASSWORD", message))
    return findings


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _prepare(
    settings: Settings,
    host: str,
    port: int,
    *,
    credentials: str | None,
    state: Path | None,
    say: Callable[[str], None],
) -> Callable[[], None]:
    """Flower listening; the function that serves.

    It is put together here and not by its own command: that would show the password in the list of processes, and take
    further options from the environment and from a file in the current folder.
    """
    from flower.app import Flower  # noqa: PLC0415
    from flower.options import options  # noqa: PLC0415
    from flower.urls import settings as pages  # noqa: PLC0415
    from tornado.ioloop import IOLoop  # noqa: PLC0415

    options.address, options.port = "" if host == EVERY else host, port  # Tornado's word for it is empty
    options.basic_auth = [credentials] if credentials else []
    if state is not None:
        options.persistent, options.db, options.state_save_interval = True, str(state), _SAVE_INTERVAL_MS
    options.max_tasks = _MOST_TASKS
    options.read_only = True  # what is done to a job goes through the API, which keeps the job store true
    queues = [Queue(name) for name in WORKER_QUEUES]  # seen while there is no worker, too
    loop = IOLoop()
    tls = parse_url(settings.redis_url).get("ssl")  # Flower's own connections read nothing of it in the URL
    celery = make_app(settings, imports=(), task_queues=queues, broker_use_ssl=tls)
    flower = Flower(options=options, capp=celery, io_loop=loop, **pages)
    try:
        chosen = flower.start_http_server()
    except OSError as error:
        message = f"can't listen there ({error.strerror}); choose another place with --host and --port"
        raise InputError([Finding(shown(host, port), message)]) from None
    say(f"Flower shows http://{shown(host, chosen)}; Ctrl-C ends it")

    def serve() -> None:
        for ending in (signal.SIGTERM, signal.SIGINT):
            loop.asyncio_loop.add_signal_handler(ending, loop.stop)
        flower.start()
        flower.stop()

    return serve
