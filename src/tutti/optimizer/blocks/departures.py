"""When blocks leave that may take so long at most: intervals of the day, split where that tells blocks apart.

Blocks that leave within an interval are back by its last minute and the longest time. Labels know no more of a block
than its interval, so one of them may be too long by what the interval is wide. Where only such blocks seem to pay,
intervals are split, down to single minutes (dynamic discretization discovery: Boland, Hewitt, Marshall, Savelsbergh
2017). What is proven is right at any time: no block that is short enough is in no interval.
"""

from collections.abc import Iterable

import numpy as np

from tutti.optimizer.blocks.labels import Labels, Within
from tutti.optimizer.model.arcs import Ints
from tutti.optimizer.model.block_length import BlockLength

_WIDE_MIN = 120  # of an interval at first
_NEVER_MIN = 2**30


class Departures:
    """The intervals, by their first minutes; blocks that leave in the last one can't be too long."""

    def __init__(self, length: BlockLength, labels: Labels, kind: Ints, trip: Ints) -> None:
        """kind, trip: those of each pair of the labels, shape (P,)."""
        arcs, vehicles = length.arcs, length.vehicles
        self._longest_min = length.longest_min
        self._labels = labels
        self._pull_out = vehicles.pull_out[kind, trip]
        self._after_start = arcs.duration[trip] + vehicles.pull_in[kind, trip]
        first = int((arcs.earliest[trip] - self._pull_out).min(initial=_NEVER_MIN))
        free = int((arcs.latest[trip] + self._after_start).max(initial=0)) - length.longest_min
        self._first = [*range(first, free, _WIDE_MIN), max(first, free)]
        self._within: dict[tuple[int, int | None], Within] = {}

    def intervals(self) -> list[Within]:
        """Where the blocks of each interval lie."""
        ends: list[int | None] = [*(after - 1 for after in self._first[1:]), None]
        return [self._lying(first, last) for first, last in zip(self._first, ends, strict=True)]

    def _lying(self, first: int, last: int | None) -> Within:
        within = self._within.get((first, last))
        if within is None:
            back_by = np.inf if last is None else last + self._longest_min
            latest = np.minimum(back_by - self._after_start, _NEVER_MIN).astype(np.int64)
            within = self._within[first, last] = self._labels.within(first + self._pull_out, latest)
        return within

    def split(self, numbers: Iterable[int]) -> bool:
        """Halve these intervals where they are of more than a minute; whether there were any."""
        halves = [
            (self._first[number] + self._first[number + 1]) // 2
            for number in numbers
            if number + 1 < len(self._first) and self._first[number + 1] - self._first[number] > 1
        ]
        self._first = sorted([*self._first, *halves])
        return bool(halves)
