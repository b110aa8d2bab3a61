"""The trips of a problem as arrays, and which trip can follow which: the only n x n object of the optimizer."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.errors import Finding, InputError
from tutti.fleet.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_ARC = 30_000
"""Stored in the travel matrix where one trip can't follow another; more than any travel time that is admitted."""

NONE = -1
"""In an array of successors: the trip ends its block; of predecessors: it begins one."""

_WIDE_MIN = 60
_ROOM_MIN = 25

_BLOCK_CELLS = 1_500_000  # of the matrix at a time: its temporaries stay near the cache, and no mask is ever n x n


@dataclass(frozen=True, slots=True)
class Arcs:
    """n trips and their connections.

    earliest, latest, asked, duration: shape (n,), minutes. origin, destination: shape (n,), numbers of places. travel:
    shape (n, n), int16, deadhead minutes from the end of trip i to the start of trip j if i started at its earliest can
    be followed by j at its latest, else NO_ARC.
    """

    earliest: Ints
    latest: Ints
    asked: Ints
    duration: Ints
    origin: NDArray[np.intp]
    destination: NDArray[np.intp]
    travel: NDArray[np.int16]

    @property
    def n(self) -> int:
        """Number of trips."""
        return len(self.earliest)

    @property
    def has_wide_windows(self) -> bool:
        """Whether most windows are so wide that pairs of trips say little of the blocks they may be in."""
        is_wide = self.latest - self.earliest >= _WIDE_MIN
        return 2 * int(is_wide.sum()) > self.n

    @property
    def has_room(self) -> bool:
        """Whether windows are so wide on average that other starts allow many other connections."""
        return self.n > 0 and float((self.latest - self.earliest).mean()) >= _ROOM_MIN

    @classmethod
    def of(cls, problem: Problem) -> "Arcs":
        """All connections of `problem`; InputError if one of them takes longer than what an arc can hold."""
        earliest, latest, asked, duration = (
            np.array([getattr(trip, name) for trip in problem.trips], dtype=np.int64)
            for name in ("earliest_min", "latest_min", "asked_min", "duration_min")
        )
        starts, origin = _distinct([trip.origin for trip in problem.trips])
        ends, destination = _distinct([trip.destination for trip in problem.trips])
        minutes = problem.travel.matrix(ends, starts)
        longest = latest.max() - (earliest + duration).min() if len(earliest) else 0
        if ((minutes >= NO_ARC) & (minutes <= longest)).any():
            raise InputError([Finding("routes", f"no travel between two trips may take {NO_ARC} minutes or more")])
        between = np.minimum(minutes, NO_ARC).astype(np.int16)
        travel = _connections(between, origin, destination, earliest + duration, latest)
        return cls(earliest, latest, asked, duration, origin, destination, travel)

    def among(self, trips: Ints) -> "Arcs":
        """The given trips alone, numbered from 0 in that order."""
        return Arcs(
            self.earliest[trips], self.latest[trips], self.asked[trips], self.duration[trips], self.origin[trips],
            self.destination[trips], np.ascontiguousarray(self.travel[np.ix_(trips, trips)]),
        )  # fmt: skip

    def on_grid(self, step_min: int) -> "Arcs":
        """The same where trips start at whole multiples of so many minutes, which are the unit of its times.

        Minutes of a trip and of the travel after it are rounded up together, so that what is in time there is in time
        here: they are the travel there, and durations are 0. A trip whose window holds no such minute has the last one
        before it, and takes as much longer as it waits there.
        """
        latest, asked = self.latest // step_min, self.asked // step_min
        earliest = np.minimum(-(-self.earliest // step_min), latest)
        taken = self.duration + (self.earliest - step_min * earliest).clip(min=0)
        travel = np.empty_like(self.travel)
        for rows in self.row_blocks():
            minutes = self.travel[rows]
            steps = -(-(taken[rows, None] + minutes) // step_min)
            travel[rows] = np.where(minutes < NO_ARC, steps, NO_ARC)
        nothing = np.zeros_like(self.duration)
        return Arcs(earliest, latest, asked, nothing, self.origin, self.destination, travel)

    def row_blocks(self) -> Iterator[slice]:
        """Slices of rows that together are all rows, each a block that is quick to work on."""
        rows = max(1, _BLOCK_CELLS // max(1, self.n))
        return (slice(first, min(first + rows, self.n)) for first in range(0, self.n, rows))

    def below(self, tail_limit: Floats, head_limit: Floats) -> tuple[Ints, Ints]:
        """Tails and heads of all arcs with travel < tail_limit[tail] + head_limit[head], and perhaps a few more.

        Limits are minutes, shape (n,), of any size; each is rounded up to whole minutes.
        """
        upper = 10**9
        tail_part = np.ceil(tail_limit).clip(-upper, upper).astype(np.int32)
        head_part = np.ceil(head_limit).clip(-upper, upper).astype(np.int32)
        hits = [np.zeros(0, dtype=np.int64)]
        for rows in self.row_blocks():
            limit = np.add.outer(tail_part[rows], head_part).clip(-1, NO_ARC).astype(np.int16)
            hits.append(np.flatnonzero(self.travel[rows] < limit) + rows.start * self.n)
        code = np.concatenate(hits)
        return code // max(1, self.n), code % max(1, self.n)

    def earliest_by(self, tail: Ints, head: Ints) -> Ints:
        """The earliest start of `head` when it follows `tail`."""
        arrival = self.earliest[tail] + self.duration[tail] + self.travel[tail, head]
        start: Ints = np.maximum(self.earliest[head], arrival)
        return start

    def latest_by(self, tail: Ints, head: Ints) -> Ints:
        """The latest start of `tail` when `head` follows it."""
        departure = self.latest[head] - self.travel[tail, head] - self.duration[tail]
        start: Ints = np.minimum(self.latest[tail], departure)
        return start

    def most_deadhead(self) -> int:
        """No plan has more deadhead minutes than this: each trip's dearest connection, added up."""
        total = 0
        for rows in self.row_blocks():
            block = self.travel[rows]
            total += int(np.where(block < NO_ARC, block, 0).max(axis=1, initial=0).sum())
        return total


def _connections(
    between: NDArray[np.int16], origin: NDArray[np.intp], destination: NDArray[np.intp], ready: Ints, latest: Ints
) -> NDArray[np.int16]:
    """The travel matrix, with NO_ARC where j's latest start is before i, started at its earliest, can be there.

    between: minutes from each place where trips end to each where they start. ready: earliest end of each trip.
    """
    n = len(origin)
    travel = np.empty((n, n), dtype=np.int16)
    rows_at_once = max(1, _BLOCK_CELLS // max(1, n))
    for first in range(0, n, rows_at_once):
        rows = slice(first, min(first + rows_at_once, n))
        block = np.take(between[destination[rows]], origin, axis=1)
        slack = np.subtract.outer(-ready[rows], -latest)
        slack = np.clip(slack, -1, NO_ARC - 1, out=slack).astype(np.int16)
        block[block > slack] = NO_ARC
        travel[rows] = block
    np.fill_diagonal(travel, NO_ARC)
    return travel


def _distinct(places: list[object]) -> tuple[list[object], NDArray[np.intp]]:
    """The different places in order of appearance, and the number of each trip's place among them."""
    number: dict[object, int] = {}
    index = [number.setdefault(place, len(number)) for place in places]
    return list(number), np.array(index, dtype=np.intp)
