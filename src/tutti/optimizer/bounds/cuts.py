"""Inequalities that every plan obeys and the relaxation doesn't know: what windows forbid along a block.

For an arc (u, v): es = the earliest start of v if it follows u, ls = the latest start of u if v follows it.

- Threshold (v, theta): the sum of arcs into v with es > theta and of arcs out of v with ls <= theta is at most 1, since
  the first kind makes v start after theta, the second not after it, and v has one link in and one out at most.
- Path (v_1, ..., v_p) that windows forbid: the sum of all its forward arcs is at most p - 2 (tournament form; Ascheuer,
  Fischetti, Groetschel 2001): p - 1 such arcs could only be the path itself.
- Cycle: the sum of the arcs among its trips is at most their number - 1 (subtour elimination).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tutti.optimizer.model.arcs import NONE, Arcs, Floats, Ints
from tutti.optimizer.model.chains import chains_and_cycles, one_after_another, places, runs, shortest_breaks

_VIOLATED = 1e-4  # an inequality is worth a row when it is broken by more than this
_INTEGRAL = 1e-6
_SURE = 0.999


@dataclass(frozen=True, slots=True)
class TripSet:
    """A path that windows forbid (`ordered`: only its forward arcs count) or a cycle."""

    trips: tuple[int, ...]
    ordered: bool

    @property
    def limit(self) -> int:
        """Most links that a plan may have among these arcs."""
        return len(self.trips) - (2 if self.ordered else 1)


@dataclass(slots=True)
class Cuts:
    """All inequalities of an LP in the order of its rows. They are kept as definitions, so new arcs find theirs."""

    arcs: Arcs
    node: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # threshold cuts
    theta: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    row: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    sets: dict[int, TripSet] = field(default_factory=dict)  # by row
    limits: list[int] = field(default_factory=list)  # right-hand side by row

    def __len__(self) -> int:
        return len(self.limits)

    def copy(self) -> "Cuts":
        """The inequalities of now; what is added to one later is not in the other."""
        return replace(self, sets=dict(self.sets), limits=list(self.limits))

    def add_thresholds(self, node: Ints, theta: Ints) -> None:
        """One more row for each (node, theta)."""
        rows = np.arange(len(self), len(self) + len(node))
        order = np.argsort(np.concatenate([self.node, node]), kind="stable")
        self.row = np.concatenate([self.row, rows])[order]
        self.theta = np.concatenate([self.theta, theta])[order]
        self.node = np.concatenate([self.node, node])[order]
        self.limits += [1] * len(node)

    def add_sets(self, sets: Sequence[TripSet]) -> None:
        """One more row for each path or cycle."""
        for trip_set in sets:
            self.sets[len(self)] = trip_set
            self.limits.append(trip_set.limit)

    def add_violated(self, tail: Ints, head: Ints, value: Floats) -> bool:
        """Add inequalities that a solution breaks: thresholds, or if none is broken paths and cycles; whether any are.

        tail, head, value: its arcs with a value > 0. Until all of them are whole only nearly whole paths are looked at.
        """
        before = len(self)
        self.add_thresholds(*violated_thresholds(self.arcs, tail, head, value))
        if len(self) == before:
            is_whole = (np.minimum(value, 1 - value) < _INTEGRAL).all()
            self.add_sets(violated_sets(self.arcs, tail, head, value, 0.5 if is_whole else _SURE))
        return len(self) > before

    def rows_of(self, tail: Ints, head: Ints, since: int = 0) -> tuple[Ints, Ints]:
        """(arc, row): every pair of one of the given arcs and a row >= `since` that holds it, each coefficient 1."""
        into, out_of = self._at(head, since), self._at(tail, since)
        late = self.arcs.earliest_by(tail[into[0]], head[into[0]]) > self.theta[into[1]]
        early = self.arcs.latest_by(tail[out_of[0]], head[out_of[0]]) <= self.theta[out_of[1]]
        arcs = [into[0][late], out_of[0][early]]
        rows = [self.row[into[1][late]], self.row[out_of[1][early]]]
        set_rows = [row for row in self.sets if row >= since]
        if set_rows:
            held, number = _held_by([self.sets[row] for row in set_rows], tail, head, self.arcs.n)
            arcs.append(held)
            rows.append(np.array(set_rows)[number])
        return np.concatenate(arcs), np.concatenate(rows)

    def _at(self, trip: Ints, since: int) -> tuple[Ints, Ints]:
        """(index into `trip`, index of a threshold cut at that trip) for all such pairs with a row >= `since`."""
        index, cut = _equal(trip, self.node)
        recent = self.row[cut] >= since
        return index[recent], cut[recent]


def _held_by(sets: Sequence[TripSet], tail: Ints, head: Ints, n: int) -> tuple[Ints, Ints]:
    """(arc, set): the indices of all pairs of an arc and a set in which it counts. n: how many trips there are."""
    trips, number = one_after_another([each.trips for each in sets])
    place = places(np.array([len(each.trips) for each in sets]))
    by_trip = np.argsort(trips, kind="stable")
    arc, member = _equal(tail, trips[by_trip])
    begin = by_trip[member]
    code = number * n + trips
    by_code = np.argsort(code)
    wanted = number[begin] * n + head[arc]
    end = by_code[np.searchsorted(code[by_code], wanted).clip(max=len(code) - 1)]
    is_ordered = np.array([each.ordered for each in sets])[number[begin]]
    counts = np.flatnonzero((code[end] == wanted) & (~is_ordered | (place[begin] < place[end])))
    return arc[counts], number[begin[counts]]


def _equal(wanted: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """(index into `wanted`, index into `keys`) of all pairs that are equal; keys don't fall."""
    first = np.searchsorted(keys, wanted, side="left")
    count = np.searchsorted(keys, wanted, side="right") - first
    return np.repeat(np.arange(len(wanted)), count), runs(first, count)


def violated_thresholds(arcs: Arcs, tail: Ints, head: Ints, value: Floats) -> tuple[Ints, Ints]:
    """(trip, theta) of violated threshold cuts: for each trip the first and last theta of its worst violation.

    tail, head, value: the arcs with a value > 0. Two histograms of arcs by minute and their running sums.
    """
    width = int((arcs.latest - arcs.earliest).max(initial=0)) + 1
    touched = np.unique(np.concatenate([tail, head]))
    if not len(touched) or width < 2:
        return touched[:0], touched[:0]
    compact = np.zeros(arcs.n, dtype=np.int64)
    compact[touched] = np.arange(len(touched))
    shape = (len(touched), width)
    into = compact[head] * width + arcs.earliest_by(tail, head) - arcs.earliest[head]
    out_of = compact[tail] * width + arcs.latest_by(tail, head) - arcs.earliest[tail]
    starts_at = np.bincount(into, value, minlength=shape[0] * width).reshape(shape)
    leaves_at = np.bincount(out_of, value, minlength=shape[0] * width).reshape(shape)
    after = starts_at.sum(axis=1, keepdims=True) - np.cumsum(starts_at, axis=1)
    total = after + np.cumsum(leaves_at, axis=1)
    worst = total.max(axis=1)
    broken = np.flatnonzero(worst > 1 + _VIOLATED)
    at_worst = total[broken] >= worst[broken, None] - 1e-9
    first = at_worst.argmax(axis=1)
    last = width - 1 - at_worst[:, ::-1].argmax(axis=1)
    two = np.flatnonzero(last > first)
    trips = touched[np.concatenate([broken, broken[two]])]
    return trips, arcs.earliest[trips] + np.concatenate([first, last[two]])


def violated_sets(arcs: Arcs, tail: Ints, head: Ints, value: Floats, least: float) -> list[TripSet]:
    """Forbidden paths and cycles among the arcs with value > `least` (>= 0.5, so that each trip has one at most)."""
    successor = np.full(arcs.n, NONE, dtype=np.int64)
    strong = value > least
    successor[tail[strong]] = head[strong]
    chains, cycles = chains_and_cycles(successor)
    found = [TripSet(tuple(cycle), ordered=False) for cycle in cycles]
    for chain in chains:
        found += [TripSet(tuple(path), ordered=True) for path in shortest_breaks(arcs, chain)]
    return found
