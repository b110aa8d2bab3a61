"""Travel times of a list of points as a table."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tutti.fleet.travel import MatrixTravel

Point = TypeVar("Point")


def travel_between(points: Sequence[Point], units: Callable[[Point, Point], int]) -> MatrixTravel:
    """Places are the points by number."""
    return MatrixTravel(tuple(tuple(units(start, end) for end in points) for start in points))
