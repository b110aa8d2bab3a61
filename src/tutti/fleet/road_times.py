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
        """Minutes from each to each; NOT_GIVEN where the table has none, or lacks the place."""
        rows = [self.origins.get(spot(place), -1) for place in origins]
        columns = [self.destinations.get(spot(place), -1) for place in destinations]
        bordered = np.pad(self.minutes, ((0, 1), (0, 1)), constant_values=NOT_GIVEN)  # what -1 finds
        return bordered[np.ix_(np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp))].astype(np.int32)


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
        driving = self.times.between(origins, destinations)
        given = np.maximum(driving, self.rule.minimum_min) + self.rule.buffer_min
        if (driving != NOT_GIVEN).all():
            return given
        return np.where(driving == NOT_GIVEN, self.rule.matrix(origins, destinations), given)
