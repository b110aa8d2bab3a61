"""Exact start minutes for a block whose driver needs breaks, with the least shift from the asked starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutti.fleet.blocks import BlockLimits
from tutti.optimizer.model.arcs import NONE, Arcs, Ints

_NEVER = 2**40


def starts_with_breaks(
    arcs: Arcs, chain: Sequence[int], limits: BlockLimits, pull_out_min: int, pull_in_min: int
) -> list[int] | None:
    """The starts that keep all limits with the least sum of |start - asked|; None if there are none.

    limits: breaks, and perhaps a longest block: each first start is tried by itself then.
    """
    alone = arcs.among(np.array(chain, dtype=np.int64))  # a copy: its windows are changed
    alone.duration[-1] += pull_in_min
    first, first_latest, latest = int(alone.earliest[0]), int(alone.latest[0]), int(alone.latest[-1])
    if limits.longest_min is None:
        found = _least_shift(alone, limits, pull_out_min)
        return None if found is None else found[1]
    best: tuple[int, list[int]] | None = None
    back_min = limits.longest_min - pull_out_min - int(alone.duration[-1])
    for start in range(first, first_latest + 1):
        alone.earliest[0] = start
        alone.latest[0], alone.latest[-1] = start, min(latest, start + back_min)
        if (alone.earliest <= alone.latest).all():
            found = _least_shift(alone, limits, pull_out_min)
            best = min((each for each in (best, found) if each is not None), default=None)
    return None if best is None else best[1]


@dataclass(frozen=True, slots=True)
class _Step:
    """What a block may come to with a trip, by when its driver's work began, and when the trip starts.

    began: minutes that work may have begun at since the last break, shape (P,). shift: the least in all so far, shape
    (P, window). until: the least of starts up to each minute, and at: the place of that start in the window, the same
    shape. came: shape (P,), the row of the trip before; NONE where work began anew.
    """

    began: Ints
    shift: Ints
    until: Ints
    at: Ints
    came: Ints

    @classmethod
    def of(cls, began: Ints, shift: Ints, came: Ints) -> "_Step":
        """Without what is no less than another that began no earlier, which is as good for all that follows."""
        order = np.argsort(-began, kind="stable")
        began, shift, came = began[order], shift[order], came[order]
        until = np.minimum.accumulate(shift, axis=1)
        best = np.minimum.accumulate(until, axis=0)
        pays = np.vstack([best[:1] < _NEVER, best[1:] < best[:-1]]).any(axis=1)
        began, shift, until, came = began[pays], shift[pays], until[pays], came[pays]
        place = np.arange(shift.shape[1])
        is_new = np.hstack([np.ones((len(shift), 1), dtype=bool), until[:, 1:] < until[:, :-1]])
        return cls(began, shift, until, np.maximum.accumulate(np.where(is_new, place, 0), axis=1), came)


def _least_shift(arcs: Arcs, limits: BlockLimits, pull_out_min: int) -> tuple[int, list[int]] | None:
    """The sum of shifts and the starts of the trips of `arcs`, in their order; the last takes its pull-in, too."""
    steps: list[_Step] = []
    for trip in range(arcs.n):
        minute = np.arange(arcs.earliest[trip], arcs.latest[trip] + 1)
        if trip:
            began, shift, came = _after(steps[-1], arcs, trip, minute, limits.break_min)
        else:
            began, shift = minute - pull_out_min, _alone(np.zeros_like(minute))
            came = np.full(len(minute), NONE)
        shift += np.abs(minute - arcs.asked[trip])
        worked = minute + arcs.duration[trip] - began[:, None]
        shift = np.where(worked > limits.break_after_min, _NEVER, shift.clip(max=_NEVER))
        steps.append(_Step.of(began, shift, came))
        if not len(steps[-1].began):
            return None
    return _walked_back(steps, arcs, limits.break_min)


def _after(step: _Step, arcs: Arcs, trip: int, minute: Ints, break_min: int) -> tuple[Ints, Ints, Ints]:
    """When work began, the least shift by it and by the minute that the trip starts, and where that came from."""
    went_on = _up_to(step, _ready(arcs, trip, minute))
    anew = _up_to(step, _ready(arcs, trip, minute) - break_min).min(axis=0)
    began = np.r_[step.began, minute - int(arcs.travel[trip - 1, trip])]
    came = np.r_[np.arange(len(step.began)), np.full(len(minute), NONE)]
    return began, np.vstack([went_on, _alone(anew)]), came


def _ready(arcs: Arcs, trip: int, minute: Ints) -> Ints:
    """The place in the window of the trip before of the last start from which a bus is there by these minutes."""
    before = trip - 1
    left: Ints = minute - int(arcs.travel[before, trip]) - arcs.duration[before] - arcs.earliest[before]
    return left


def _up_to(step: _Step, place: Ints) -> Ints:
    """The least shift of starts up to each place; _NEVER before the first."""
    width = step.until.shape[1]
    least: Ints = np.where(place < 0, _NEVER, step.until[:, place.clip(0, width - 1)])
    return least


def _alone(shift: Ints) -> Ints:
    """A row for each place, which has its shift there and _NEVER elsewhere."""
    rows = np.full((len(shift), len(shift)), _NEVER)
    np.fill_diagonal(rows, shift)
    return rows


def _walked_back(steps: Sequence[_Step], arcs: Arcs, break_min: int) -> tuple[int, list[int]]:
    """The least sum, and the starts that come to it."""
    row, upto = int(steps[-1].until[:, -1].argmin()), steps[-1].until.shape[1] - 1
    least = int(steps[-1].until[row, upto])
    starts: list[int] = []
    for trip in range(arcs.n - 1, -1, -1):
        step = steps[trip]
        start = int(arcs.earliest[trip] + step.at[row, min(upto, step.at.shape[1] - 1)])
        starts.append(start)
        if trip:
            upto = int(_ready(arcs, trip, np.array(start)))
            row = int(step.came[row])
            if row == NONE:
                upto -= break_min
                before = steps[trip - 1].until
                row = int(before[:, min(upto, before.shape[1] - 1)].argmin())
    return least, starts[::-1]
