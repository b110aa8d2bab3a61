"""What is answered to requests that are still at work when the service has no more time for them."""

from asyncio import CancelledError

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutti.api.errors import UnavailableError
from tutti.api.problems import refusal

_RETRY_S = 1  # another process of the service is there, or comes soon


class CutOff:
    """Middleware. The server cancels such requests, as when the job store hangs; they failed as if by a bug of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_begun = False

        async def note(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except CancelledError:
            if is_begun:
                raise
            end = UnavailableError("the service ends; try again", retry_after_s=_RETRY_S)
            await refusal(HTTPConnection(scope), end)(scope, receive, send)
