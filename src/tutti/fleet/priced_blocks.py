"""All blocks that could be driven, priced: the cheapest that ends with each trip, or that uses each link.

Plain and exact: whole numbers, a minute of the day after the other, no code of the optimizer's. Breaks and the longest
block are left out, and a block may run a trip twice: there are more blocks here than plans have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.problem import Problem

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEVER = 2**60
"""More than any block costs or is worth; two of them still fit into 64 bits."""


@dataclass(frozen=True, slots=True)
class _Ends:
    """Some trips for each trip, one after another: those from its place in `first` to that of the next."""

    first: Ints
    trips: Ints

    def of(self, heads: Ints) -> tuple[Ints, Ints]:
        """(index into `heads`, trip) of all that are for these."""
        first = self.first[heads]
        count = self.first[heads + 1] - first
        which = np.repeat(np.arange(len(heads)), count)
        return which, self.trips[np.arange(len(which)) + np.repeat(first - np.cumsum(count) + count, count)]


@dataclass(frozen=True)
class Links:
    """Which trips can follow each other: earliest and latest starts (n,), minutes from start to start, fits (n, n)."""

    earliest: Ints
    latest: Ints
    step: Ints
    fits: Mask

    @classmethod
    def of(cls, problem: Problem, travel: Ints) -> "Links":
        """travel: minutes from the end of each trip to the start of each other (n, n)."""
        trips = problem.trips
        earliest = np.array([trip.earliest_min for trip in trips], dtype=np.int64)
        latest = np.array([trip.latest_min for trip in trips], dtype=np.int64)
        step = np.array([[trip.duration_min] for trip in trips], dtype=np.int64).reshape(-1, 1) + travel
        fits = earliest[:, None] + step <= latest
        np.fill_diagonal(fits, val=False)
        return cls(earliest, latest, step, fits)

    @property
    def take_time(self) -> bool:
        """Whether all do, so that the minutes of the day can be gone through one after the other."""
        return bool((self.step[self.fits] > 0).all())

    @property
    def width(self) -> Ints:
        """Minutes from the earliest start to the latest (n,)."""
        return self.latest - self.earliest

    def mirrored(self) -> "Links":
        """The same with the day backwards."""
        return Links(-self.latest, -self.earliest, self.step.T, self.fits.T)

    def only(self, allowed: Mask) -> "Links":
        """Those that are allowed (n, n)."""
        return replace(self, fits=self.fits & allowed)

    def allow(self, chain: Sequence[int]) -> bool:
        """Whether a bus can run these trips one right after the other."""
        start = int(self.earliest[chain[0]])
        for tail, head in pairwise(chain):
            start = max(start + int(self.step[tail, head]), int(self.earliest[head]))
            if start > self.latest[head]:
                return False
        return True

    def _minutes(self) -> Iterator[tuple[int, Ints]]:
        """The minutes of the day, and the trips that may start at each."""
        for minute in range(int(self.earliest.min(initial=0)), int(self.latest.max(initial=-1)) + 1):
            trips = np.flatnonzero((self.earliest <= minute) & (minute <= self.latest))
            if len(trips):
                yield minute, trips

    def cheapest(self, begin: Ints, own: Ints, cost: Ints) -> Ints:
        """The least cost of a block up to each trip if it starts so many minutes after its earliest or sooner.

        begin, own: of a block that begins with the trip, of the trip itself (n,). cost: of each link (n, n). Shape
        (n, most minutes + 1).
        """
        width = self.width
        best = np.full((len(width), int(width.max(initial=0)) + 1), NEVER)
        before, near = np.full(len(width), NEVER), self._near_ends()
        for minute, heads in self._minutes():
            opened = heads[self.earliest[heads] == minute]
            before[opened] = self._by_settled(opened, best, cost)
            which, tails = near.of(heads)
            after = minute - self.step[tails, heads[which]] - self.earliest[tails]  # minutes into the tail's window
            by_link = best[tails, after.clip(0, width[tails])] + cost[tails, heads[which]]
            least = np.minimum(begin[heads], before[heads])
            np.minimum.at(least, which, np.where(after < 0, NEVER, by_link))
            best[heads, minute - self.earliest[heads]] = least + own[heads]  # no more than a minute sooner
        return best

    @cached_property
    def _is_settled(self) -> Mask:
        """Of which links the tail, however late, is in time for the head, however early (n, n)."""
        settled: Mask = self.fits & (self.latest[:, None] + self.step <= self.earliest)
        return settled

    def _by_settled(self, heads: Ints, best: Ints, cost: Ints) -> Ints:
        """The least cost on arrival at each of these by settled links, whose tails' windows are over."""
        last = best[np.arange(len(best)), self.width]
        by_link = np.where(self._is_settled[:, heads], last[:, None] + cost[:, heads], NEVER)
        least: Ints = by_link.min(axis=0, initial=NEVER)
        return least

    def _near_ends(self) -> "_Ends":
        """The tails of the other links, by head."""
        head, tail = np.nonzero((self.fits & ~self._is_settled).T)
        return _Ends(np.searchsorted(head, np.arange(len(self.earliest) + 1)), tail)

    def through(self, before: Ints, after: Ints, cost: Ints) -> Ints:
        """The least cost of a block that uses each link (n, n); NEVER where there is none.

        before: as `cheapest` has it, after: as it has it of the mirrored links.
        """
        n, width = len(self.earliest), self.width
        least = np.full((n, n), NEVER)
        each = np.arange(n)[None, :]
        for place in range(before.shape[1]):
            start = self.earliest + np.minimum(place, width)
            left = self.latest[None, :] - start[:, None] - self.step  # minutes to the latest start of the head
            cheapest = before[:, [place]] + cost + after[each, left.clip(0, width[None, :])]
            cheapest[(left < 0) | ~self.fits | (place > width)[:, None]] = NEVER
            np.minimum(least, cheapest, out=least)
        return least
