"""Deadhead minutes between places: what a bus needs from the end of one trip to the start of the next.

All travel times are whole minutes with the buffer between two trips included. They need not be symmetric.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0
_FLOOR_MARGIN_MIN = 1e-6  # vectors are rounded like `minutes` unless they are this close to a whole minute
_SURE_RADIANS = 0.99 * math.pi  # beyond, a chord hardly grows with the distance, so its rounding errors do

Place = Hashable
"""A point that trips start or end at: (latitude, longitude) in degrees, or whatever the travel times know."""

_Point = tuple[float, float]


class TravelTimes(Protocol):
    """Deadhead minutes from place to place, buffer included."""

    def minutes(self, origin: Place, destination: Place) -> int:
        """Deadhead minutes (>= 0) from `origin` to `destination`: the definition that checkers use."""

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> NDArray[np.int32]:
        """The same numbers for all pairs, shape (len(origins), len(destinations))."""


@dataclass(frozen=True, slots=True)
class GreatCircleTravel:
    """max(minimum, floor(km / speed * 60) + added) + buffer, with km the great-circle distance.

    Places are (latitude, longitude) in degrees. The distance is the haversine formula on a sphere of 6371 km.
    """

    speed_kmh: float = 50.0
    added_min: int = 3
    minimum_min: int = 5
    buffer_min: int = 2

    def kilometres(self, origin: Place, destination: Place) -> float:
        """Great-circle kilometres between two (latitude, longitude) pairs in degrees."""
        (lat, lon), (to_lat, to_lon) = cast(_Point, origin), cast(_Point, destination)
        north, east = math.radians(to_lat - lat), math.radians(to_lon - lon)
        parallels = math.cos(math.radians(lat)) * math.cos(math.radians(to_lat))
        a = math.sin(north / 2) ** 2 + parallels * math.sin(east / 2) ** 2
        return EARTH_RADIUS_KM * 2 * math.atan2(math.sqrt(a), math.sqrt(max(0.0, 1 - a)))

    def minutes(self, origin: Place, destination: Place) -> int:
        """Deadhead minutes from `origin` to `destination`, buffer included."""
        driving = int(self.kilometres(origin, destination) / self.speed_kmh * 60) + self.added_min
        return max(self.minimum_min, driving) + self.buffer_min

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> NDArray[np.int32]:
        """`minutes` for all pairs, shape (len(origins), len(destinations)), equal to it to the last minute.

        Works on chords between unit vectors, which is quick; where the two formulas could round differently, close to
        a whole minute or on the other side of the world, `minutes` decides.
        """
        if not origins or not destinations:
            return np.zeros((len(origins), len(destinations)), dtype=np.int32)
        start, end = _unit_vectors(origins), _unit_vectors(destinations)
        driving = np.empty((len(origins), len(destinations)), dtype=np.int32)
        minutes_per_radian = EARTH_RADIUS_KM / self.speed_kmh * 60
        rows = max(1, 250_000 // len(destinations))  # blocks that stay in the cache
        for first in range(0, len(origins), rows):
            block = slice(first, first + rows)
            squared = np.zeros((len(start[0][block]), len(destinations)))
            for axis in range(3):
                difference = np.subtract.outer(start[axis][block], end[axis])
                difference *= difference
                squared += difference
            chord = np.sqrt(squared, out=squared)
            chord *= 0.5
            exact = np.arcsin(np.minimum(chord, 1.0, out=chord), out=chord)
            exact *= 2 * minutes_per_radian
            whole = (exact + _FLOOR_MARGIN_MIN).astype(np.int32)
            driving[block] = whole
            unsure = (exact - whole < _FLOOR_MARGIN_MIN) & (exact > 0)
            unsure |= exact > _SURE_RADIANS * minutes_per_radian
            for row, column in np.argwhere(unsure):
                km = self.kilometres(origins[first + row], destinations[column])
                driving[first + row, column] = int(km / self.speed_kmh * 60)
        driving += self.added_min
        np.maximum(driving, self.minimum_min, out=driving)
        driving += self.buffer_min
        return driving


@dataclass(frozen=True, slots=True)
class MatrixTravel:
    """Deadhead minutes read from a table: `table[origin][destination]`, places numbered from 0, buffer included."""

    table: tuple[tuple[int, ...], ...]

    def minutes(self, origin: Place, destination: Place) -> int:
        """Deadhead minutes from place number `origin` to place number `destination`."""
        return self.table[cast(int, origin)][cast(int, destination)]

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> NDArray[np.int32]:
        """The rows `origins` and columns `destinations` of the table."""
        table = np.array(self.table, dtype=np.int32).reshape(len(self.table), -1)
        return table[np.ix_(np.array(origins, dtype=np.intp), np.array(destinations, dtype=np.intp))]


def _unit_vectors(places: Sequence[Place]) -> tuple[NDArray[np.float64], ...]:
    """x, y and z of each (latitude, longitude) on the unit sphere."""
    degrees = np.array(places, dtype=np.float64).reshape(-1, 2)
    lat, lon = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
