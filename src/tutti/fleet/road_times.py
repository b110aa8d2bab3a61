"""Road times: how long a bus drives between places, from a table in place of the straight line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.travel import GreatCircleTravel, Place

NOT_GIVEN = -1
"""Stands in a table of minutes where a time is not given."""

_DECIMALS = 5  # of degrees: a metre, so that one place is the same however exactly it was written

Spot = tuple[float, float]


def spot(place: Place) -> Spot:
    """(latitude, longitude) as places are told apart: on the same metre they are the same."""
    lat, lon = cast(Spot, place)
    return round(lat, _DECIMALS), round(lon, _DECIMALS)


@dataclass(frozen=True, slots=True, eq=False)
class RoadTimes:
    """Minutes of driving from each of `origins` to each of `destinations`, which are rows and columns by their spots.

    minutes: shape (rows, columns), rounded up, without minimum and buffer; NOT_GIVEN: is not known.
    estimates_missing: what is not known may be estimated by the straight line.
    """

    origins: Mapping[Spot, int]
    destinations: Mapping[Spot, int]
    minutes: NDArray[np.int16]
    estimates_missing: bool = False

    def between(self, origins: Iterable[Place], destinations: Iterable[Place]) -> NDArray[np.int32]:
        """Minutes from each to each, all of them places of the table; NOT_GIVEN where it has none."""
        rows = [self.origins[spot(place)] for place in origins]
        columns = [self.destinations[spot(place)] for place in destinations]
        return self.minutes[_cells(rows, columns)].astype(np.int32)


@dataclass(frozen=True, slots=True)
class RoadTravel:
    """max(minimum, road minutes) + buffer. Where the table has none: what the rule says of the straight line."""

    rule: GreatCircleTravel
    times: RoadTimes

    def minutes(self, origin: Place, destination: Place) -> int:
        """Deadhead minutes from `origin` to `destination`, buffer included."""
        row, column = self.times.origins.get(spot(origin)), self.times.destinations.get(spot(destination))
        driving = NOT_GIVEN if row is None or column is None else int(self.times.minutes[row, column])
        if driving == NOT_GIVEN:
            return self.rule.minutes(origin, destination)
        return max(self.rule.minimum_min, driving) + self.rule.buffer_min

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> NDArray[np.int32]:
        """`minutes` for all pairs, shape (len(origins), len(destinations))."""
        rows = [row for row, place in enumerate(origins) if spot(place) in self.times.origins]
        columns = [column for column, place in enumerate(destinations) if spot(place) in self.times.destinations]
        driving = self.times.between((origins[row] for row in rows), (destinations[column] for column in columns))
        is_given = driving != NOT_GIVEN
        deadheads: NDArray[np.int32] = np.maximum(driving, self.rule.minimum_min) + np.int32(self.rule.buffer_min)
        if driving.shape == (len(origins), len(destinations)) and is_given.all():
            return deadheads
        minutes = self.rule.matrix(origins, destinations)
        cells = _cells(rows, columns)
        minutes[cells] = np.where(is_given, deadheads, minutes[cells])
        return minutes


def _cells(rows: Sequence[int], columns: Sequence[int]) -> tuple[NDArray[np.intp], ...]:
    return np.ix_(np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp))
