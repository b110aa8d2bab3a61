"""Leaves a dependency that is away alone for a while, so that it is not hammered and nobody waits for it in vain."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from circuitbreaker import STATE_HALF_OPEN, CircuitBreaker

from tutti.telemetry.metrics import CIRCUIT_OPENINGS


class Circuit:
    """A circuit breaker: after some failures in a row it refuses for `pause_s`, then lets one call through to try.

    failures: what tells that the dependency is away; any other outcome tells that it is there. away: makes, from a
    sentence, the error that callers know already.
    """

    def __init__(
        self,
        name: str,
        failures: tuple[type[Exception], ...],
        away: Callable[[str], Exception],
        *,
        most_failures: int,
        pause_s: float,
    ) -> None:
        self.name = name
        self._away = away
        self._breaker = CircuitBreaker(most_failures, pause_s, failures, name)
        self._trial = Lock()
        CIRCUIT_OPENINGS.labels(name)  # from 0, as Prometheus sees no rise in a count that is new

    @property
    def state(self) -> str:
        """`closed` (calls pass), `open` (none does), or `half_open` (the next one that comes may try)."""
        return str(self._breaker.state)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """A call to the dependency. Raises what `away` makes, without a call, while it is left alone."""
        was_closed = self._breaker.closed
        trying = self._breaker.state == STATE_HALF_OPEN and self._trial.acquire(blocking=False)
        try:
            if not trying and not self._breaker.closed:
                raise self._away(f"calls to the {self.name} failed again and again; it is left alone for a moment")
            with self._breaker:
                yield
        finally:
            if trying:
                self._trial.release()
            if was_closed and not self._breaker.closed:
                CIRCUIT_OPENINGS.labels(self.name).inc()
