"""How far a watcher has come in a job's events, and what it does when the stream breaks off."""

from collections.abc import Mapping

import httpx
from httpx_sse import ServerSentEvent
from pydantic import ValidationError

from tutti.client._calls import OBJECT, job_path
from tutti.client._errors import ClientError, UnreachableError, UnreadableError, refusal, unreadable
from tutti.client._models import Event, EventKind
from tutti.client._patience import Patience

SILENCE_S = 45.0  # the server says something each 15 s; after this long the connection is dead


def tells(told: ServerSentEvent) -> bool:
    """Whether it is an event, of a kind that is known: a later service may have others.

    After the first event httpx-sse takes every sign of life for one, without data.
    """
    return bool(told.data) and told.event in _KINDS


_KINDS = frozenset(EventKind)


class Trail:
    """The events of one job from one number on, over as many connections as it takes. known: as in Patience."""

    def __init__(self, job_id: str, after: int, *, known: bool) -> None:
        self.path = job_path(job_id, "/events")
        self.ended = False
        self._last = after
        self._patience = Patience(known=known)

    @property
    def headers(self) -> Mapping[str, str]:
        """What the next connection asks for."""
        return {"Accept": "text/event-stream", "Last-Event-ID": str(self._last)}

    def open(self, answer: httpx.Response) -> None:
        """Take the head of the server's answer; the body of one that is no success must have been read."""
        if answer.status_code == httpx.codes.NO_CONTENT:  # all has been told
            self.ended = True
            return
        if not answer.is_success:
            raise refusal(answer)
        if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            raise unreadable(answer)
        self._patience.known = True

    def take(self, told: ServerSentEvent) -> Event:
        """The event that the server told."""
        try:
            event = Event.of(told.id, told.event, OBJECT.validate_json(told.data))
        except ValidationError:
            raise UnreadableError(f"the server told of an event that can't be read: {told.data[:200]}") from None
        self._last, self.ended = event.number, event.last
        self._patience.renew()
        return event

    def pause_s(self, trouble: ClientError | None) -> float:
        """How long to wait before the next connection, after the last one ended with `trouble` or just so.

        Raises as Patience does.
        """
        return self._patience.pause_s(
            trouble or UnreachableError("the server ended the stream of events before the job's end, again")
        )
