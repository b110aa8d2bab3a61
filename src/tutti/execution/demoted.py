"""A Redis that only reads, since another is the first one now: whoever is still connected to it hangs up."""

from typing import Any

from redis.connection import DefaultParser
from redis.exceptions import ConnectionError as RedisAwayError


class DemotedError(RedisAwayError):
    """It refused a write, as a replica does. A connection to it is as good as none."""


def hang_up_on_the_demoted() -> None:
    """Have redis-py, and with it Celery, end a connection on which a write is refused so, and connect anew.

    By itself redis-py keeps it, as it does after any other refusal, and after a fail-over that leaves connections
    open everything that is written through it is refused for ever. Its name for the refusal is looked up here.
    """
    refusals: dict[str, Any] = DefaultParser.EXCEPTION_CLASSES
    refusals["READONLY"] = DemotedError
    refusals["ERR"] = _ByText(refusals["ERR"])


class _ByText(dict[str, Any]):
    """Errors by the text that tells them; before version 7 Redis has the refusal of what a script writes within one."""

    def get(self, text: str, default: Any = None) -> Any:
        """The error of this text."""
        return DemotedError if "-READONLY " in text else super().get(text, default)
