"""Labels: the pairs and minutes that blocks come by, and the moves between them, laid out to be priced many times.

A pair is a trip and a kind of bus that may run it; connections lead between pairs of one kind. A label is a pair and a
minute at which its trip may start. It depends on labels that are at least `min(duration + travel)` minutes earlier, so
all labels of a slice of the day that long are worked out at once, those of all kinds: the buckets of Desrochers, Soumis
1988 for shortest paths with time windows. Paths may go round in cycles, as their labels don't keep the trips behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.model.arcs import Arcs, Floats, Ints
from tutti.optimizer.model.chains import places, runs

_PART = 5_000  # connections whose moves are made together, labels from which all ways back are looked at
_LONG_MIN = 30  # of a slice, where windows are no wider: longer ones would hold more that is no label
NO_LABEL = -1  # the place after all labels, which never gets cheap


def minutes_of_moves(arcs: Arcs, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """First and number of minutes at which each connection comes to a label that it couldn't reach a minute before."""
    step = arcs.duration[tail] + arcs.travel[tail, head]
    soonest = np.maximum(arcs.earliest[head], arcs.earliest[tail] + step)
    latest = np.minimum(arcs.latest[head], np.maximum(arcs.earliest[head], arcs.latest[tail] + step))
    count: Ints = (latest - soonest + 1).clip(min=0)
    return soonest, count


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the day: its rows of labels, the moves that end in it, where those to each label begin, that label."""

    rows: slice
    moves: slice
    first: Ints
    target: Ints


@dataclass(frozen=True, slots=True)
class Within:
    """Where blocks lie: the first minute that each pair may begin one at, and the last label that it may end one at.

    Shape (P,); the place after all labels where it may end none.
    """

    begin: Ints
    last: Ints


class Labels:
    """The labels of some pairs and the moves between them along some connections, ready to be priced many times.

    They lie in rows, slice by slice of the day: one row for each pair that may start in it, with a place for each of
    its minutes, also for those that the pair may not start at. After all rows is a place for what is no label.

    length: minutes of a slice, and places of a row. slices: in the order of the day. pair_of, before: shape (rows,),
    the pair of each row, and the last label of its row before. source, cost: shape (M,), the label that each move comes
    from, and what it weighs. too_early: places that their pair may not start at yet. anywhere: where all blocks lie.
    """

    length: int
    slices: list[Slice]
    pair_of: Ints
    before: Ints
    source: NDArray[np.int32]
    cost: Floats
    too_early: Ints
    anywhere: Within

    def __init__(
        self, arcs: Arcs, trips: Ints, tail: Ints, head: Ints, cost: Floats, *, poll: Callable[[], None]
    ) -> None:
        """trips: that of each pair (P,), by number in `arcs`. tail, head, cost: connections of pairs, weighted."""
        self._earliest, self._latest = arcs.earliest[trips], arcs.latest[trips]
        step = arcs.duration[trips[tail]] + arcs.travel[trips[tail], trips[head]]
        widest = int((self._latest - self._earliest).max(initial=0)) + 1
        self.length = max(1, int(step.min(initial=max(widest, _LONG_MIN))))
        self._lay_rows()
        self.anywhere = self.within(self._earliest, self._latest)
        by_head = np.argsort(head, kind="stable")
        self._link_tail, self._link_step, self._link_cost = tail[by_head], step[by_head], cost[by_head]
        self._links_into = np.searchsorted(head[by_head], np.arange(len(trips) + 1))
        self._make_moves(head[by_head], *minutes_of_moves(arcs, trips[self._link_tail], trips[head[by_head]]), poll)
        self.slices = self._sliced()

    def _lay_rows(self) -> None:
        first_slice = self._earliest // self.length
        count = self._latest // self.length - first_slice + 1
        pair, number = np.repeat(np.arange(len(count)), count), places(count)
        slice_number = first_slice[pair] + number
        order = np.argsort(slice_number, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        self._row_of, self._first_row = place, np.cumsum(count) - count - first_slice
        self.pair_of, self._slice_of = pair[order], slice_number[order]
        before = np.where(number > 0, np.r_[0, place[:-1]][: len(place)] * self.length + self.length - 1, NO_LABEL)
        self.before = before[order]
        self.too_early = np.flatnonzero(self.minutes() < self._earliest[self.pair_of][:, None])

    def minutes(self) -> Ints:
        """The minute of each place in each row."""
        minutes: Ints = self._slice_of[:, None] * self.length + np.arange(self.length)
        return minutes

    def within(self, begin: Ints, last: Ints) -> Within:
        """Blocks whose first pair starts at its minute in `begin` or later, whose last at that in `last` or before."""
        at = np.minimum(last, self._latest)
        label = self._label(np.arange(len(at)), np.maximum(at, self._earliest))
        return Within(np.maximum(begin, self._earliest), np.where(at < self._earliest, NO_LABEL, label))

    def _label(self, pair: Ints, minute: Ints) -> Ints:
        row = self._row_of[self._first_row[pair] + minute // self.length]
        label: Ints = row * self.length + minute % self.length
        return label

    def _make_moves(self, head: Ints, soonest: Ints, count: Ints, poll: Callable[[], None]) -> None:
        """One move for each connection and minute at which it comes to a label that it couldn't reach a minute before.

        Later minutes of the head get the same label of the tail, its last, so `best` has them already. Millions of
        moves take a second, so `poll` is called between the steps.
        """
        source, target = (np.zeros(int(count.sum()), dtype=np.int32) for _ in range(2))
        end = np.cumsum(count)
        for links in in_parts(len(head)):
            tail, step = self._link_tail[links], self._link_step[links]
            moves = slice(int((end - count)[links][0]), int(end[links][-1]))
            minute = runs(soonest[links], count[links])
            left = np.minimum(minute - np.repeat(step, count[links]), np.repeat(self._latest[tail], count[links]))
            source[moves] = self._label(np.repeat(tail, count[links]), left)
            target[moves] = self._label(np.repeat(head[links], count[links]), minute)
            poll()
        order = np.argsort(target, kind="stable")
        poll()
        self.source, self.cost = source[order], np.repeat(self._link_cost, count)[order]
        poll()
        into = np.bincount(target, minlength=len(self.pair_of) * self.length)
        self._moves_into = np.r_[0, np.cumsum(into)]

    def _sliced(self) -> list[Slice]:
        begins = np.flatnonzero(np.diff(self._slice_of, prepend=-1))
        slices = []
        for begin, end in pairwise([*begins.tolist(), len(self._slice_of)]):
            into = self._moves_into[begin * self.length : end * self.length + 1]
            reached = np.flatnonzero(np.diff(into))
            moves, target = slice(*into[[0, -1]].tolist()), begin * self.length + reached
            slices.append(Slice(slice(begin, end), moves, into[reached] - into[0], target))
        return slices

    @property
    def moves(self) -> int:
        """How many moves there are between labels."""
        return len(self.source)

    def pairs_at(self, labels: Ints) -> Ints:
        """The pairs of labels."""
        at: Ints = self.pair_of[labels // self.length]
        return at

    def minutes_at(self, labels: Ints) -> Ints:
        """The minutes of labels."""
        at: Ints = self._slice_of[labels // self.length] * self.length + labels % self.length
        return at

    def as_cheap(self, labels: Ints, best: Floats) -> Ints:
        """For each label that can be reached the first one of its pair that is as cheap."""
        rows = best.reshape(-1, self.length)
        while True:
            row = labels // self.length
            column = (rows[row] <= best[labels][:, None]).argmax(axis=1)
            labels = row * self.length + column
            before = np.where(column == 0, self.before[row], NO_LABEL)
            is_earlier = best[before] <= best[labels]
            if not is_earlier.any():
                return labels
            labels = np.where(is_earlier, before, labels)

    def cheapest_moves(self, labels: Ints, best: Floats) -> tuple[Ints, Floats]:
        """(label that it comes from, -1 if there is no move; cost on arrival) of the cheapest move to each label."""
        first, end = self._moves_into[labels], self._moves_into[labels + 1]
        count = end - first
        begin = np.cumsum(count) - count
        move = runs(first, count)
        source, value = np.full(len(labels), NO_LABEL), np.full(len(labels), np.inf)
        moved = np.flatnonzero(count)
        if len(moved):
            values = best[self.source[move]] + self.cost[move]
            value[moved], least = least_of_each_run(values, begin[moved])
            source[moved] = self.source[move[least]]
        return source, value

    def ways_into(self, labels: Ints) -> tuple[Ints, Ints, Floats]:
        """(index into `labels`, label of the tail at the latest minute that is in time, cost) of every way to them."""
        minute, pair = self.minutes_at(labels), self.pairs_at(labels)
        first, end = self._links_into[pair], self._links_into[pair + 1]
        which = np.repeat(np.arange(len(labels)), end - first)
        link = runs(first, end - first)
        latest = minute[which] - self._link_step[link]
        in_time = np.flatnonzero(latest >= self._earliest[self._link_tail[link]])
        tail = self._link_tail[link[in_time]]
        source = self._label(tail, np.minimum(latest[in_time], self._latest[tail]))
        return which[in_time], source, self._link_cost[link[in_time]]


def least_of_each_run(values: Floats, first: Ints) -> tuple[Floats, Ints]:
    """The least value of each run of values, and the index of the first that is it. first: where each run begins."""
    least = np.minimum.reduceat(values, first)
    is_least = np.flatnonzero(values <= np.repeat(least, np.diff(first, append=len(values))))
    return least, is_least[np.searchsorted(is_least, first)]


def in_parts(size: int) -> list[slice]:
    """So many things a part at a time, so that what is made of all of them is never there at once."""
    return [slice(first, first + _PART) for first in range(0, size, _PART)]
