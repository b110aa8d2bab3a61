"""Which of many blocks leave their drivers the breaks that they need, at some starts within their windows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.model.arcs import NONE, Arcs, Ints
from tutti.optimizer.model.vehicles import Vehicles

_NEVER = -(2**30)  # no minute that work may have begun at
_CELLS = 2_000_000  # minutes of windows that are worked on at a time


@dataclass(frozen=True, slots=True)
class BlockBreaks:
    """After `after_min` of work at most a wait of `break_min` between two trips; then work begins anew."""

    arcs: Arcs
    vehicles: Vehicles
    after_min: int
    break_min: int

    def keeps(self, kind: Ints, trips: Ints) -> NDArray[np.bool_]:
        """Which feasible blocks have their breaks, at some starts within their windows, shape (B,).

        kind: of each, shape (B,); trips: shape (B, L), those of each in driving order, then NONE.
        """
        keeps = np.zeros(len(trips), dtype=bool)
        windows = (self.arcs.latest - self.arcs.earliest)[trips[trips != NONE]]
        place = np.arange(int(windows.max(initial=0)) + 1)
        rows = max(1, _CELLS // len(place))
        for first in range(0, len(trips), rows):
            part = slice(first, first + rows)
            keeps[part] = self._latest_began(kind[part], trips[part], place)[:, -1] > _NEVER
        return keeps

    def _latest_began(self, kind: Ints, trips: Ints, place: Ints) -> Ints:
        """When work that ends with the block can have begun at the latest, by the last start, shape (B, len(place)).

        place: 0, 1, ... for the minutes of the widest window. No start is worse by which work began later.
        """
        arcs, size = self.arcs, (trips != NONE).sum(axis=1)
        began = np.full((len(trips), len(place)), _NEVER)
        for number in range(trips.shape[1]):
            at = np.flatnonzero(size > number)
            trip = trips[at, number]
            start = arcs.earliest[trip][:, None] + place
            if number:
                so_far = self._after(began[at], trips[at, number - 1], trip, start)
            else:
                so_far = start - self.vehicles.pull_out[kind[at], trip][:, None]
            pull_in = np.where(size[at] == number + 1, self.vehicles.pull_in[kind[at], trip], 0)
            worked = start + (arcs.duration[trip] + pull_in)[:, None] - so_far
            fits = (start <= arcs.latest[trip][:, None]) & (worked <= self.after_min)
            began[at] = np.maximum.accumulate(np.where(fits, so_far, _NEVER), axis=1)
        return began

    def _after(self, began: Ints, before: Ints, trip: Ints, start: Ints) -> Ints:
        """When work can have begun at the latest if trips start then, after those before them."""
        travel = self.arcs.travel[before, trip].astype(np.int64)[:, None]
        left = start - travel - (self.arcs.duration + self.arcs.earliest)[before][:, None]
        anew = np.where(_up_to(began, left - self.break_min) > _NEVER, start - travel, _NEVER)
        latest: Ints = np.maximum(_up_to(began, left), anew)
        return latest


def _up_to(began: Ints, place: Ints) -> Ints:
    """When it began at the latest, of starts at these places or before."""
    at = place.clip(0, began.shape[1] - 1)
    latest: Ints = np.where(place < 0, _NEVER, np.take_along_axis(began, at, axis=1))
    return latest
