"""Noticing that the job store was away: leases ran out meanwhile that living holders could not prolong."""

import time
from collections.abc import Callable


class Outages:
    """Told each time the store answers, which is to be about once a second. lease_s: how long a lease is good for."""

    def __init__(self, lease_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._lease_s = lease_s
        self._clock = clock
        self._answered_at = self._trust_from = clock()

    def answered(self) -> bool:
        """Whether a lease that ran out means that its holder is gone.

        Not for the length of a lease after a silence of half of one: those who live prolong theirs first.
        """
        now = self._clock()
        if now - self._answered_at > self._lease_s / 2:
            self._trust_from = now + self._lease_s
        self._answered_at = now
        return now >= self._trust_from
