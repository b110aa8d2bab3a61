"""RSRB and CSCB of Park, Tae and Kim (2011) with given routes, files of github.com/mitschoolbus/SchoolBusRouting.

A trip starts within its earliest and latest start; start + duration + t is no later than the start of the next, t =
Manhattan distance from the school to the first stop at 88/3 feet a second, rounded up. Equal buses, any number; the
fewest are looked for. Times are seconds.
"""

import math
from pathlib import Path

from instances.tables import travel_between
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.vehicle import VehicleType

_FEET_PER_S = 88 / 3
_Point = tuple[float, float]


def read(path: Path) -> Problem:
    """Lines of schools, then lines of trips; line 0 of them is a depot that plays no role."""
    head, _, body = path.read_text().partition("NODE_COORD_SECTION\n")[2].partition("NODE_COORD_SECTION\n")
    schools = {
        words[0]: (float(words[1]), float(words[2])) for words in map(str.split, head.splitlines()) if len(words) == 6
    }
    points: dict[_Point, int] = {}
    trips = []
    for words in (line.split() for line in body.splitlines()):
        if len(words) < 10 or words[0] == "0":
            continue
        start, school = (float(words[1]), float(words[2])), schools[words[7]]
        origin, destination = (points.setdefault(point, len(points)) for point in (start, school))
        duration, seats, earliest, latest = (int(word) for word in words[3:7])
        trips.append(Trip(words[0], "entry", earliest, latest, earliest, duration, origin, destination, seats=seats))
    return Problem(tuple(trips), travel_between(list(points), _seconds), (VehicleType("bus", 66),))


def _seconds(start: _Point, end: _Point) -> int:
    feet = abs(start[0] - end[0]) + abs(start[1] - end[1])
    return math.ceil(feet / _FEET_PER_S - 1e-9)
