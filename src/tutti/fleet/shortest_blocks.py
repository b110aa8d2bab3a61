"""How short a block with a trip, and its driver's work around that trip, can be: by itself, and with any others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.problem import Problem, Trip

_MOST_PAIRS = 2_000_000  # of trips, worked on at a time
_NEVER_MIN = 10**9

_Minutes = NDArray[np.int64]
_Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Shortest:
    """No block with a trip takes fewer minutes, nor does its driver's work around that trip, from break to break."""

    block_min: int
    work_min: int


def shortest_alone(problem: Problem, trip: Trip) -> Shortest:
    """Of the block of that trip alone, by a bus that can run it."""
    depots = {depot for vehicle in problem.able([trip]) for depot in problem.depots_of(vehicle)}
    pulls = (problem.pull_out_min(depot, trip) + problem.pull_in_min(trip, depot) for depot in depots)
    least = trip.duration_min + min(pulls, default=0)
    return Shortest(least, least)


def shortest_with_others(problem: Problem) -> dict[str, Shortest]:
    """Of blocks of whatever trips, for each trip, by its id, that a bus can run at some minute.

    It is a bound: ways to a trip and back from it are the shortest, though both may run the same trips.
    """
    found: dict[str, Shortest] = {}
    for vehicle in problem.vehicle_types:
        trips = [
            each for each in problem.trips if each.misses(vehicle) is None and each.earliest_min <= each.latest_min
        ]
        for depot in problem.depots_of(vehicle):
            least = _Ways(problem, trips).shortest(
                np.array([problem.pull_out_min(depot, trip) for trip in trips]),
                np.array([problem.pull_in_min(trip, depot) for trip in trips]),
            )
            for trip, block_min, work_min in zip(trips, *least, strict=True):
                known = found.get(trip.id, Shortest(_NEVER_MIN, _NEVER_MIN))
                found[trip.id] = Shortest(min(known.block_min, block_min), min(known.work_min, work_min))
    return found


class _Ways:
    """Ways from a depot to some trips and back, perhaps by way of others of them."""

    def __init__(self, problem: Problem, trips: Sequence[Trip]) -> None:
        self._travel = problem.travel
        self._limits = problem.limits
        self._origins = [trip.origin for trip in trips]
        self._destinations = [trip.destination for trip in trips]
        self._earliest = np.array([trip.earliest_min for trip in trips], dtype=np.int64)
        self._latest = np.array([trip.latest_min for trip in trips], dtype=np.int64)
        self._duration = np.array([trip.duration_min for trip in trips], dtype=np.int64)

    def shortest(self, pull_out: _Minutes, pull_in: _Minutes) -> tuple[list[int], list[int]]:
        """The fewest minutes of a block with each trip, and of work around it."""
        to, back = self._least(pull_out, self._after), self._least(pull_in, self._before)
        block_min = to + self._duration + back
        if self._limits.break_after_min is None:
            return block_min.tolist(), block_min.tolist()
        for some in self._parts(np.arange(len(to))):
            travel, step, has_break = self._between(some, np.arange(len(to)))
            from_break = np.where(has_break, travel, step + self._duration[some][:, None])
            to = np.minimum(to, from_break.min(axis=0))
            until_break = np.where(has_break, 0, step + self._duration)
            back[some] = np.minimum(back[some], until_break.min(axis=1))
        return block_min.tolist(), (to + self._duration + back).tolist()

    def _least(self, direct: _Minutes, steps: Callable[[_Numbers], _Minutes]) -> _Minutes:
        """Minutes of the shortest ways, corrected until none gets shorter, as by Bellman and Ford.

        Those that are longer than any limit stay as they are.
        """
        limits = self._limits
        most = max(limits.longest_min or 0, limits.break_after_min or 0)
        least = direct.astype(np.int64)
        changed = np.flatnonzero(least + self._duration <= most)
        while len(changed):
            before = least.copy()
            for some in self._parts(changed):
                by_way = steps(some) + (before + self._duration)[some][:, None]
                least = np.minimum(least, by_way.min(axis=0))
            changed = np.flatnonzero((least < before) & (least + self._duration <= most))
        return least

    def _after(self, some: _Numbers) -> _Minutes:
        """Minutes from the end of some trips until each other begins, shape (len(some), n)."""
        return self._between(some, np.arange(len(self._duration)))[1]

    def _before(self, some: _Numbers) -> _Minutes:
        """Minutes from the end of each other trip until some begin, shape (len(some), n)."""
        return self._between(np.arange(len(self._duration)), some)[1].T

    def _between(self, tails: _Numbers, heads: _Numbers) -> tuple[_Minutes, _Minutes, NDArray[np.bool_]]:
        """Travel minutes from tails to heads; with the wait there, at least; whether a break fits in between."""
        places = [self._destinations[at] for at in tails], [self._origins[at] for at in heads]
        travel = self._travel.matrix(*places).astype(np.int64)
        ends = (self._earliest + self._duration)[tails][:, None]
        last_ends = (self._latest + self._duration)[tails][:, None]
        spare = self._latest[heads] - ends - travel
        spare[tails[:, None] == heads] = -1
        step = np.where(spare >= 0, np.maximum(travel, self._earliest[heads] - last_ends), _NEVER_MIN)
        has_break: NDArray[np.bool_] = (spare >= 0) & (spare >= self._limits.break_min)
        return travel, step, has_break

    def _parts(self, numbers: _Numbers) -> Iterator[_Numbers]:
        size = max(1, _MOST_PAIRS // max(1, len(self._duration)))
        return (numbers[first : first + size] for first in range(0, len(numbers), size))
