"""`tutti serve`: the whole service in one process."""

import logging
import signal
import socket
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import uvicorn
from sqlalchemy.exc import DatabaseError

from tutti.api.app import create_app
from tutti.api.context import Context, make_context
from tutti.execution.addresses import listen, shown
from tutti.execution.trouble import Trouble
from tutti.fleet.errors import Finding, InputError
from tutti.jobs.errors import first_line
from tutti.jobs.schema import once_it_answers, upgrade
from tutti.settings import Settings, read_settings
from tutti.telemetry.logs import set_up_logs
from tutti.telemetry.tracing import end_tracing, set_up_tracing

logger = logging.getLogger(__name__)

_IDLE_S = 620  # for which a connection is kept: longer than by clients and balancers, so that no call crosses its end
_MOST_SOCKET_BYTES = 64 * 1024  # of one message from a client; what clients say is short


def serve(*, port: int = 8000, host: str = "127.0.0.1", data: Path | None = None, wait_s: float = 0) -> None:
    """Serve until SIGTERM or Ctrl-C, then hand running jobs back.

    InputError if folder, port or job store can't be used; a store that does not answer is waited for, `wait_s` at most.
    """
    settings = read_settings() if data is None else read_settings(data_dir=data)
    say = set_up_logs(settings.log_format, settings.log_level)
    set_up_tracing("tutti-api")
    if not settings.database_url:
        _make_folder(settings.data_dir)
    with ExitStack() as opened:
        listeners = _listen(host, port, opened)
        context = _context(settings, wait_s)
        address = f"http://{shown(host, listeners[0].getsockname()[1])}"
        say(f"Tutti serves on {address} (interactive docs: {address}/docs); Ctrl-C ends it")
        Server(_config(context), context).run(sockets=listeners)
    end_tracing()


class Server(uvicorn.Server):
    """A server whose context is told of the end first, so that waiting requests answer and solvers stop in order.

    It returns after a signal instead of raising it again: an end on request is a success.
    """

    def __init__(self, config: uvicorn.Config, context: Context) -> None:
        super().__init__(config)
        self._context = context

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM and SIGINT; the second SIGINT waits for nothing. What runs then is taken up by the next start."""
        self._context.begin_close()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def _context(settings: Settings, wait_s: float) -> Context:
    """What the application holds, once its job store answers and has the tables that it needs."""
    context = make_context(settings)
    try:
        once_it_answers(lambda: upgrade(context.database.engine), wait_s, Trouble(logger, "job store").is_met)
    except DatabaseError as error:
        place = "TUTTI_DATABASE_URL" if settings.database_url else str(settings.store_file)
        raise InputError([Finding(place, f"is no job store that can be used: {first_line(error)}")]) from None
    return context


def _config(context: Context) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(context),
        log_config=None,
        access_log=False,
        ws_max_size=_MOST_SOCKET_BYTES,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=round(context.settings.shutdown_grace_s),
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the data folder can't be made ({error.strerror}); choose another with --data"
        raise InputError([Finding(str(folder), message)]) from None


def _listen(host: str, port: int, opened: ExitStack) -> list[socket.socket]:
    try:
        listeners = listen(host, port, opened)
    except OSError as error:
        message = f"can't listen there ({error.strerror}); choose another place with --host and --port"
        raise InputError([Finding(shown(host, port), message)]) from None
    # Connections have it from the listener. Without it the body of an answer waits 40 ms for the client's delayed ACK.
    for listener in listeners:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listeners
