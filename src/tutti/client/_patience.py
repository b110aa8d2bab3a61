"""How often, and after which pauses, what came to nothing is tried again."""

from tutti.client._errors import ClientError, RefusedError, TooManyJobsError, UnavailableError, UnreachableError

_MOST_TRIES = 6  # one after the other without news between them: about half a minute in all
_FIRST_PAUSE_S = 0.5
_MOST_PAUSE_S = 30.0  # whatever the server asks for


class Patience:
    """Of a caller whose server may be away for a moment. known: it has answered before, so its address is right."""

    def __init__(self, *, known: bool) -> None:
        self.known = known
        self._tries = 0

    def renew(self) -> None:
        """Begin anew, for there was news."""
        self._tries = 0

    def pause_s(self, trouble: ClientError) -> float:
        """How long to wait before the next try, after one that ended with `trouble`.

        Raises the trouble if another try makes no sense: nothing is known to be at the address, the server refuses, or
        there were too many in a row.
        """
        for_now = isinstance(trouble, UnavailableError | TooManyJobsError)
        broken = isinstance(trouble, UnreachableError) and self.known
        self._tries += 1
        if not (for_now or broken) or self._tries > _MOST_TRIES:
            raise trouble
        asked_s = trouble.retry_after_s if isinstance(trouble, RefusedError) else None
        return min(asked_s or _FIRST_PAUSE_S * 2 ** (self._tries - 1), _MOST_PAUSE_S)
