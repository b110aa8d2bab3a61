"""School bus scheduling of B. Kim, S. Kim, J. Park, EJOR 218 (2012) 577-585, files of github.com/ryandmcneilly.

Each trip once, its end in the school's window; the next starts no earlier than the end plus the Euclidean distance from
the school to its first stop, one unit a minute, rounded to the nearest; buses of a few sizes, so many of each. The
fewest buses are looked for. Speed and rounding of the paper are not known, so its figures are no comparison.
"""

import math
from collections import Counter
from pathlib import Path

from instances.tables import travel_between
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.vehicle import VehicleType


def read(path: Path) -> Problem:
    """NAME-trips.txt, with NAME-fleet.txt beside it."""
    trips = [[int(word) for word in line.split()] for line in path.read_text().splitlines()[1:] if line.strip()]
    points: dict[tuple[int, int], int] = {}
    planned = []
    for number, x, y, students, duration, school_x, school_y, opens, closes in trips:
        origin, destination = (points.setdefault(point, len(points)) for point in ((x, y), (school_x, school_y)))
        planned.append(
            Trip(
                str(number), "entry", opens - duration, closes - duration, opens - duration, duration, origin,
                destination, seats=students,
            )
        )  # fmt: skip
    travel = travel_between(list(points), _minutes)
    return Problem(tuple(planned), travel, _fleet(path.with_name(path.name.replace("-trips", "-fleet")), len(trips)))


def _fleet(path: Path, trips: int) -> tuple[VehicleType, ...]:
    """As many buses of a size as there are; no limit where there is one for each trip."""
    seats = Counter(int(line.split()[3]) for line in path.read_text().splitlines()[1:] if line.strip())
    return tuple(
        VehicleType(f"{size} seats", size, count=count if count < trips else None)
        for size, count in sorted(seats.items())
    )


def _minutes(start: tuple[int, int], end: tuple[int, int]) -> int:
    return math.floor(math.dist(start, end) + 0.5)
