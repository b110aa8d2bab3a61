"""What is noted of every request: an id of its own, the time to its answer, a line in the log, a span."""

import logging
import re
import time
from contextlib import AbstractContextManager, nullcontext
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from tutti.telemetry.metrics import HTTP_SECONDS
from tutti.telemetry.tracing import leave, rename, span

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
_SANE = re.compile(r"[\w.:/+=@-]{1,128}", re.ASCII)
LOOKS = ("GET", "HEAD", "OPTIONS")  # those who only look come in crowds


class Noted:
    """Middleware. Each answer is counted by its route's template, however long its body then takes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        _begin_anew()
        bind_contextvars(request_id=request_id)
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        parent = headers.get("traceparent")
        with nullcontext() if parent is None and scope["method"] in LOOKS else _span(scope, parent):
            await self._answer(scope, receive, send, request_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        began = time.perf_counter()

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
                _note(scope, message["status"], time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception:
            _note(scope, 500, time.perf_counter() - began)
            raise


def _begin_anew() -> None:
    """Leave what the context has of another request.

    Each has a task, and with it a context, of its own. But where the server had to stop reading a long body, the
    context of that request is what all that come later on its connection begin with.
    """
    clear_contextvars()
    leave()


def _span(scope: Scope, parent: str | None) -> AbstractContextManager[None]:
    return span(_method(scope["method"]), parent=parent, kind="server")


def _request_id(headers: Headers) -> str:
    """The client's, if it is one that can be written anywhere; else one of ours."""
    given = headers.get(REQUEST_ID, "")
    return given if _SANE.fullmatch(given) else uuid4().hex


def _note(scope: Scope, status: int, seconds: float) -> None:
    method, route = _method(scope["method"]), getattr(scope.get("route"), "path", "none")
    HTTP_SECONDS.labels(method, route, str(status)).observe(seconds)
    known = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    rename(f"{method} {route}", **known)
    level = logging.DEBUG if method in LOOKS else logging.INFO
    level = logging.WARNING if status >= 500 else level
    if logger.isEnabledFor(level):
        about = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
        job_id = scope.get("path_params", {}).get("job_id", "")
        known_job = {"job_id": job_id} if _SANE.fullmatch(job_id) else {}
        logger.log(level, "request answered", extra={**about, **known_job})


def _method(name: str) -> str:
    """Of methods that nobody has heard of there are too many."""
    return name if name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
