"""Lets in who is known, where the service has users; in front of all that the application answers."""

import logging

from anyio import sleep, to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from tutti.api.answering import LOOKS
from tutti.api.errors import ElsewhereError, RefusedError, UnauthorizedError, UnavailableError
from tutti.api.problems import refusal
from tutti.api.users import Users

logger = logging.getLogger(__name__)

OPEN = ("/livez", "/readyz", "/metrics")
"""Paths for what runs and watches the service; nothing there is about a job's content, or changes anything."""

_READ_AGAIN_S = 2.0
_RETRY_S = 5


class Guarded:
    """Middleware. Refuses whoever is no user, at any path but the open ones, whether there is something or not."""

    def __init__(self, app: ASGIApp, users: Users) -> None:
        self._app = app
        self._users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a user's request on, with the name in its scope and in the lines of its log."""
        if scope["type"] in ("http", "websocket") and scope["path"] not in OPEN:
            connection = HTTPConnection(scope)
            try:
                scope["user"] = self._user(connection)
            except RefusedError as error:
                if scope["type"] == "websocket":
                    await send({"type": "websocket.close"})  # before it is accepted: the server answers 403
                else:
                    await refusal(connection, error)(scope, receive, send)
                return
            bind_contextvars(user=scope["user"])
        await self._app(scope, receive, send)

    def _user(self, connection: HTTPConnection) -> str:
        headers = connection.headers
        if connection.scope.get("method") not in LOOKS and _is_from_elsewhere(headers):
            raise ElsewhereError("a page of another site can't do this, though its reader may")
        if not self._users:
            raise UnavailableError("no user can be let in now; the service's log says why", retry_after_s=_RETRY_S)
        given = headers.get("authorization")
        user = None if given is None else self._users.sent_by(given)
        if user is None:
            if given is not None:
                logger.info("credentials that are no user's, from %s", address_of(connection))
            raise UnauthorizedError(
                "the name and password of a user are needed (Basic), or the password alone (Bearer)"
            )
        return user


def _is_from_elsewhere(headers: Headers) -> bool:
    """Whether a page of another site sends this, by the browser of someone whose name and password go with it unasked.

    Browsers say so, but over plain HTTP only by the `Origin`, which is then held against the name by which this service
    is called. A proxy that changes that keeps it in `X-Forwarded-Host`, which no page can send elsewhere unasked.
    """
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    if (origin := headers.get("origin")) is None:
        return False
    place = origin.partition("://")[2]  # empty of `null`, which hides where the page is from
    names = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")]
    return not place or place not in [name.strip() for name in names]


def client_of(connection: HTTPConnection) -> str:
    """Whose jobs are counted together: a user's, or else those of an address."""
    user = connection.scope.get("user")
    return address_of(connection) if user is None else f"user:{user}"


def address_of(connection: HTTPConnection) -> str:
    """Where the connection comes from."""
    return connection.client.host if connection.client else "unknown"


async def keep_current(users: Users) -> None:
    """Read the users again and again."""
    while True:
        await sleep(_READ_AGAIN_S)
        await to_thread.run_sync(users.read_again, abandon_on_cancel=True)
