"""Vehicle scheduling with several depots and shifted trips: van Lieshout, van der Schaft, doi 10.1287/ijoc.2024.0698.

Each trip starts at most a minute (`read`), or three (`read_three`), before or after its own. A vehicle leaves a depot
and ends there. It costs 1000, and a minute of pull-out, deadhead or pull-in costs 1; waiting and shifting are free.
"""

from pathlib import Path

from tutti.fleet.blocks import Depot
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType


def read(path: Path) -> Problem:
    """At most a minute of shift."""
    return _read(path, 1)


def read_three(path: Path) -> Problem:
    """At most three minutes of shift."""
    return _read(path, 3)


def _read(path: Path, most_shift: int) -> Problem:
    """Depots, trips, locations; room of each depot; a line a trip: start, minute, end, minute; travel minutes."""
    words = iter(map(int, path.read_text().split()))
    depots, count, locations = (next(words) for _ in range(3))
    room = [next(words) for _ in range(depots)]
    trips = []
    for number in range(count):
        origin, start, destination, end = (next(words) for _ in range(4))
        trips.append(
            Trip(str(number), "entry", start - most_shift, start + most_shift, start, end - start, origin, destination)
        )
    travel = MatrixTravel(tuple(tuple(next(words) for _ in range(locations)) for _ in range(locations)))
    fleet = tuple(
        VehicleType(
            f"of depot {number}", 1, 1000, count=seats if seats < count else None, deadhead_cost_per_min=1,
            depots=frozenset([str(number)]),
        )
        for number, seats in enumerate(room)
    )  # fmt: skip
    return Problem(tuple(trips), travel, fleet, depots=tuple(Depot(str(number), number) for number in range(depots)))
