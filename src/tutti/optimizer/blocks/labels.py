"""The cheapest blocks that one kind of bus can run at given prices of trips, exact to the minute: pricing by labels.

A label is a trip and a minute at which it may start. best(j, t) = the least cost of a block that ends with trip j,
started at t or before, so it falls along t. A label depends on labels that are at least `min(duration + travel)`
minutes earlier, so all labels of a slice of the day that long are worked out at once (Desrochers, Soumis 1988).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.end_tree import EndTree
from tutti.optimizer.model.arcs import NONE, Arcs, Floats, Ints

_PART = 5_000  # labels from which all ways back are looked at together
_NODES_EACH = 5  # labels that may be met for each block that may be found


def minutes_of_moves(arcs: Arcs, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """First and number of minutes at which each connection comes to a label that it couldn't reach a minute before."""
    step = arcs.duration[tail] + arcs.travel[tail, head]
    soonest = np.maximum(arcs.earliest[head], arcs.earliest[tail] + step)
    latest = np.minimum(arcs.latest[head], np.maximum(arcs.earliest[head], arcs.latest[tail] + step))
    count: Ints = (latest - soonest + 1).clip(min=0)
    return soonest, count


@dataclass(frozen=True, slots=True)
class _Slice:
    """A part of the day.

    moves: those that end in it; first: where the moves to each label begin among them; target: that label. label: all
    labels of the part; cell: their places in a grid of `rows` trips by minutes; before: for each row the label just
    before it, -1 if there is none.
    """

    moves: slice
    first: Ints
    target: NDArray[np.int32]
    label: Ints
    cell: Ints
    rows: int
    before: Ints


class Labels:
    """The labels of some trips and the moves between them along some connections, ready to be priced many times."""

    def __init__(
        self, arcs: Arcs, trips: Ints, tail: Ints, head: Ints, cost: Floats, *, poll: Callable[[], None]
    ) -> None:
        """trips: those that may be run, by number in `arcs`. tail, head, cost: connections among them, weighted."""
        self._arcs = arcs
        self.trips = trips
        width = arcs.latest[trips] - arcs.earliest[trips] + 1
        end = np.cumsum(width)
        self.last = end - 1  # label of each trip's latest start
        self._first = end - width
        self._count = int(width.sum())
        self._place = np.full(arcs.n, -1)
        self._place[trips] = np.arange(len(trips))
        self._trip_of = np.repeat(np.arange(len(trips)), width)
        self._minute_of = arcs.earliest[trips][self._trip_of] + np.arange(self._count) - self._first[self._trip_of]
        step = arcs.duration[tail] + arcs.travel[tail, head]
        self._length = max(1, int(step.min(initial=1440)))
        by_head = np.argsort(head, kind="stable")
        self._link_tail, self._link_step, self._link_cost = self._place[tail[by_head]], step[by_head], cost[by_head]
        self._links_into = np.searchsorted(head[by_head], trips), np.searchsorted(head[by_head], trips, side="right")
        self._make_moves(tail, head, step, cost, poll)
        self._slices = self._sliced()

    def _make_moves(self, tail: Ints, head: Ints, step: Ints, cost: Floats, poll: Callable[[], None]) -> None:
        """One move for each connection and minute at which it comes to a label that it couldn't reach a minute before.

        Later minutes of the head get the same label of the tail, its last, so `best` has them already. Millions of
        moves take a second, so `poll` is called between the steps.
        """
        arcs = self._arcs
        soonest, count = minutes_of_moves(arcs, tail, head)
        minute = np.repeat(soonest - np.cumsum(count) + count, count) + np.arange(count.sum())
        left = np.minimum(minute - np.repeat(step, count), np.repeat(arcs.latest[tail], count))
        source = (left + np.repeat(self._first_label(tail), count)).astype(np.int32)
        poll()
        target = minute + np.repeat(self._first_label(head), count)
        slice_and_target = minute // self._length * self._count + target
        order = np.argsort(slice_and_target, kind="stable")
        poll()
        self._source, self._target = source[order], target[order].astype(np.int32)
        self._cost = np.repeat(cost, count)[order]
        self._slice_and_target = slice_and_target[order]
        poll()

    def _first_label(self, trip: Ints) -> Ints:
        """Where the labels of trips would begin if their windows began at minute 0."""
        first: Ints = self._first[self._place[trip]] - self._arcs.earliest[trip]
        return first

    def _sliced(self) -> list[_Slice]:
        number_of_label = self._minute_of // self._length
        number_of_move = self._minute_of[self._target] // self._length
        order = np.argsort(number_of_label, kind="stable")
        slices = []
        for number in np.unique(number_of_label):
            label = order[slice(*np.searchsorted(number_of_label[order], [number, number + 1]).tolist())]
            row_starts = np.flatnonzero(np.r_[True, self._trip_of[label][1:] != self._trip_of[label][:-1]])
            row = np.cumsum(np.isin(np.arange(len(label)), row_starts)) - 1
            column = label - label[row_starts][row]
            first_label = label[row_starts]
            before = np.where(first_label > self._first[self._trip_of[first_label]], first_label - 1, -1)
            moves = slice(*np.searchsorted(number_of_move, [number, number + 1]).tolist())
            target = self._target[moves]
            first = np.flatnonzero(np.diff(target, prepend=-1))
            cell = row * self._length + column
            slices.append(_Slice(moves, first, target[first], label, cell, len(row_starts), before))
        return slices

    @property
    def moves(self) -> int:
        """How many moves there are between labels."""
        return len(self._source)

    def trips_at(self, labels: Ints) -> Ints:
        """Positions of the labels' trips among the trips."""
        at: Ints = self._trip_of[labels]
        return at

    def as_cheap(self, best: Floats) -> Ints:
        """For each label the first one of its trip that is as cheap."""
        falls = np.r_[True, best[1:] < best[:-1]]
        falls[self._first] = True
        return np.maximum.accumulate(np.where(falls, np.arange(self._count), 0))

    def cheapest_moves(self, labels: Ints, best: Floats) -> tuple[Ints, Floats]:
        """(label that it comes from, -1 if there is no move; cost on arrival) of the cheapest move to each label."""
        key = self._minute_of[labels] // self._length * self._count + labels
        first, end = np.searchsorted(self._slice_and_target, [key, key + 1])
        count = end - first
        begin = np.cumsum(count) - count
        move = np.repeat(first - begin, count) + np.arange(int(count.sum()))
        source, value = np.full(len(labels), -1), np.full(len(labels), np.inf)
        moved = np.flatnonzero(count)
        if len(moved):
            values = best[self._source[move]] + self._cost[move]
            value[moved] = np.minimum.reduceat(values, begin[moved])
            is_least = np.flatnonzero(values <= np.repeat(value, count))
            least = is_least[np.searchsorted(is_least, begin[moved])]
            source[moved] = self._source[move[least]]
        return source, value

    def ways_into(self, labels: Ints) -> tuple[Ints, Ints, Floats]:
        """(index into `labels`, label of the tail at the latest minute that is in time, cost) of every way to them."""
        at = self._trip_of[labels]
        first, end = (side[at] for side in self._links_into)
        which = np.repeat(np.arange(len(labels)), end - first)
        link = np.arange(len(which)) + np.repeat(first - np.cumsum(end - first) + (end - first), end - first)
        tail = self._link_tail[link]
        late = self._minute_of[labels][which] - self._link_step[link] - self._minute_of[self._first[tail]]
        source = np.minimum(self._first[tail] + late, self.last[tail])
        in_time = np.flatnonzero(late >= 0)
        return which[in_time], source[in_time], self._link_cost[link[in_time]]

    def price(self, begin: Floats, run_cost: Floats, price: Floats, finish: Floats) -> "Priced":
        """At costs of each trip of `arcs`: to begin a block with it, to run it (less its price), to end one with it.

        A run cost that is infinite: not to be run.
        """
        own, begin = (run_cost - price)[self.trips], begin[self.trips]
        begins = begin[self._trip_of]
        reached = begins.copy()
        best = np.full(self._count, np.inf)
        for part in self._slices:
            if len(part.first):
                values = best[self._source[part.moves]] + self._cost[part.moves]
                reached[part.target] = np.minimum(begins[part.target], np.minimum.reduceat(values, part.first))
            grid = np.full(part.rows * self._length, np.inf)
            grid[part.cell] = reached[part.label] + own[self._trip_of[part.label]]
            table = grid.reshape(part.rows, self._length)
            earlier = np.where(part.before >= 0, best[part.before], np.inf)
            table[:, 0] = np.minimum(table[:, 0], earlier)
            best[part.label] = np.minimum.accumulate(table, axis=1).ravel()[part.cell]
        return Priced(self, begin, own, best, finish[self.trips])


@dataclass(frozen=True, slots=True)
class Priced:
    """What the labels cost at some prices."""

    labels: Labels
    begin: Floats
    own: Floats
    best: Floats
    finish: Floats

    def by_last_trip(self) -> Floats:
        """The least reduced cost of a block that ends with each of the labels' trips."""
        cost: Floats = self.best[self.labels.last] + self.finish
        return cost

    def cheapest_ends(self, most: int, below: float) -> tuple[Floats, Ints]:
        """Reduced costs and positions of the last trips of the cheapest blocks below a cost, one each, sorted."""
        value = self.by_last_trip()
        order = np.argsort(value, kind="stable")[:most]
        ends = order[value[order] < below]
        return value[ends], ends

    def walked_back(self, ends: Ints) -> list[list[int]]:
        """The trips of the cheapest blocks that end with the trips at those positions, in driving order."""
        labels = self.labels
        chains: list[list[int]] = [[] for _ in range(len(ends))]
        as_cheap = labels.as_cheap(self.best)
        which, label = np.arange(len(ends)), labels.last[ends]
        while len(which):
            at = labels.trips_at(label)
            for number, trip in zip(which.tolist(), labels.trips[at].tolist(), strict=True):
                chains[number].append(trip)
            source, value = labels.cheapest_moves(as_cheap[label], self.best)
            goes_on = value < self.begin[at]
            which, label = which[goes_on], source[goes_on]
        return [chain[::-1] for chain in chains]

    def all_below(self, limit: float, most: int) -> Ints | None:
        """The trips of all blocks with a reduced cost of `limit` at most; None if they are more than `most`.

        Shape (B, L): a row has the trips of a block in driving order, then NONE.

        From the last trip of a block to its first: what is behind a label can still become such a block exactly if it
        and the label's cheapest beginning cost no more (Baldacci, Christofides, Mingozzi 2008).
        """
        is_last = self.by_last_trip() <= limit
        label, rest = self.labels.last[is_last], self.finish[is_last]
        after = np.full(len(label), NONE)
        tree = EndTree()
        while len(label):
            at = self.labels.trips_at(label)
            rest = rest + self.own[at]
            is_new = tree.lacks(after, self.labels.trips[at])
            label, rest, after, at = label[is_new], rest[is_new], after[is_new], at[is_new]
            node = tree.grow(self.labels.trips[at], after, self.begin[at] + rest <= limit)
            if len(tree.complete) > most or len(tree.trip) > _NODES_EACH * most:
                return None
            steps = [self._steps_back(label[part], rest[part], node[part], limit) for part in _parts(len(label))]
            if not steps:
                break
            label, rest, after = (np.concatenate(each) for each in zip(*steps, strict=True))
        return tree.blocks()

    def _steps_back(self, label: Ints, rest: Floats, node: Ints, limit: float) -> tuple[Ints, Floats, Ints]:
        which, source, cost = self.labels.ways_into(label)
        behind = rest[which] + cost
        good = np.flatnonzero(self.best[source] + behind <= limit)
        return source[good], behind[good], node[which[good]]


def _parts(size: int) -> list[slice]:
    return [slice(first, first + _PART) for first in range(0, size, _PART)]
