"""Makes up days of routes to try things with: an invented district, the same for the same size and seed.

Towns lie around a market town, each with schools of several kinds. A school has bell times of its kind's tier and one
or more bus lines, and each line is a route to school, one home, and two more where children eat at home.
"""

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import count, islice
from random import Random
from typing import Any

from tutti.fleet.errors import Finding, InputError
from tutti.fleet.problem import clock

_CENTRE = (40.05, -2.65)  # latitude and longitude of the market town
_KM_PER_DEGREE = (111.2, 85.1)  # of latitude, and of longitude there
_TOWN_SPACING_KM = 5.5
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))  # puts towns around the market town without two of them close together
_KM_OF_ROAD = 1.3  # for each kilometre as the crow flies
_ROAD_KMH = 42
_SEATS = ((1, 22), (23, 35), (36, 55))  # the buses that contracts speak of
_WINDOWS = {"entry": [-5, 5], "exit": [-5, 10]}
_WIDE_WINDOWS = {"entry": [-15, 10], "exit": [-5, 25]}  # as districts agree them where a bus is worth it
_STAGGERED_MIN = range(-45, 50, 5)
_FLEET = (
    {"name": "minibus", "seats": 22, "fixed_cost": 210, "features": ["wheelchair"]},
    {"name": "midibus", "seats": 35, "fixed_cost": 270},
    {"name": "midibus with lift", "seats": 35, "fixed_cost": 300, "features": ["wheelchair"]},
    {"name": "coach", "seats": 55, "fixed_cost": 340},
)
_LIFT_SEATS = 35  # of the largest bus with a lift
_SHARE_WITH_WHEELCHAIR, _SHARE_OF_NARROW_ROADS = 0.06, 0.08  # of all lines

_TOWN_BEGINNINGS = ("Val", "Monte", "Fuente", "Villa", "Puente", "Ribera", "Peña", "Torre")
_TOWN_ENDINGS = ("clara", "hermosa", "nueva", "del Río", "alta", "seca", "de los Olmos", "morena", "verde")
_STOP_KINDS = ("Mill", "Chapel", "Station", "Bridge", "Well", "Farm", "Orchard", "Quarry", "Market")
_STOP_PLACES = ("Cross", "Road", "Lane", "Corner", "Gate", "Square")

_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _SchoolKind:
    """Bells in minutes after midnight: arrival and departure, and those of the afternoon where children eat at home."""

    name: str
    arrival: int
    departure: int
    lines: tuple[int, int]
    afternoon: tuple[int, int] | None = None


_SECONDARY = _SchoolKind("Secondary", 495, 865, (3, 6))
_PRIMARY = _SchoolKind("Primary", 540, 840, (2, 4))
_VILLAGE = _SchoolKind("School", 550, 755, (1, 3), (895, 1010))
_NURSERY = _SchoolKind("Nursery", 585, 800, (1, 2))


@dataclass(frozen=True, slots=True)
class _School:
    id: str
    name: str
    kind: _SchoolKind
    place: _Point
    town: str
    contract: str
    bell_offset: int


def generate_day(
    routes: int, seed: int = 0, *, types: bool = False, wide: bool = False, staggered: bool = False
) -> dict[str, Any]:
    """A day of that many routes in the form of an input file: {"routes": [...], "options": {...}}.

    All of them run on Mondays, those of the afternoon not on Fridays. A larger day of the same seed begins with the
    smaller one. types: with a fleet of several kinds of buses, and lines that ask for some of them. wide: with windows
    of 25 to 30 minutes instead of 10 to 15. staggered: with the bells of each school up to 45 minutes earlier or later,
    so that a bus serves more of them. Raises InputError unless `routes` is at least 1.
    """
    if routes < 1:
        raise InputError([Finding("routes", f"must be at least 1, not {routes}")])
    rng = Random(seed)  # noqa: S311 - nothing here is secret
    options = {"windows": deepcopy(_WIDE_WINDOWS if wide else _WINDOWS), "earliest_start": "06:00", "day": "L"}
    made = list(islice(_routes(rng, seed if staggered else None), routes))
    if types:
        return {"routes": list(_asking(made, seed)), "options": {**options, "vehicle_types": deepcopy([*_FLEET])}}
    return {"routes": made, "options": options}


def _asking(routes: list[dict[str, Any]], seed: int) -> Iterator[dict[str, Any]]:
    """Any bus that is large enough may run a line, but some carry a wheelchair, and some go where large buses can't."""
    for route in routes:
        line = route["id"].rsplit("-", 1)[0]
        chance = Random(f"{seed} {line}").random()  # noqa: S311 - the same for all routes of the line
        needed = route["capacity_needed"]
        narrow = 1 - chance < _SHARE_OF_NARROW_ROADS and needed <= _LIFT_SEATS
        wheelchair = chance < _SHARE_WITH_WHEELCHAIR and needed <= _LIFT_SEATS
        yield route | {
            "vehicle_capacity_min": None,
            "vehicle_capacity_max": _LIFT_SEATS if narrow else None,
            "vehicle_capacity_range": f"1-{_LIFT_SEATS}" if narrow else None,
            "features": ["wheelchair"] if wheelchair else [],
        }


def _routes(rng: Random, stagger: int | None) -> Iterator[dict[str, Any]]:
    for school in _schools(rng, stagger):
        lines = rng.randint(*school.kind.lines)
        first_bearing = rng.uniform(0, 2 * math.pi)
        for line in range(lines):
            bearing = first_bearing + 2 * math.pi * (line + rng.uniform(-0.3, 0.3)) / lines
            yield from _runs(school, line + 1, _stops(rng, school, bearing))


def _schools(rng: Random, stagger: int | None) -> Iterator[_School]:
    """stagger: a seed for how much earlier or later bells are than at schools of their kind."""
    number = count(1)
    for town in count():
        distance = _TOWN_SPACING_KM * math.sqrt(town) * rng.uniform(0.9, 1.1)
        centre = _moved(_CENTRE, distance, town * _GOLDEN_ANGLE)
        name = _town_name(town)
        for kind in _kinds_in(rng, town):
            school_id = f"S{next(number):03d}"
            place = _moved(centre, rng.uniform(0.2, 1.5), rng.uniform(0, 2 * math.pi))
            offset = rng.choice((-10, -5, 0, 0, 5, 10))
            if stagger is not None:  # in place of the usual one, drawn all the same: nothing else differs
                offset = Random(f"{stagger} {school_id}").choice(_STAGGERED_MIN)  # noqa: S311 - nothing here is secret
            yield _School(school_id, f"{name} {kind.name}", kind, place, name, f"C{town % 4 + 1}", offset)


def _kinds_in(rng: Random, town: int) -> tuple[_SchoolKind, ...]:
    """The market town has every kind of school, every third town a secondary one."""
    if town == 0:
        return (_SECONDARY, _PRIMARY, _VILLAGE, _NURSERY)
    if town % 3 == 1:
        return (_SECONDARY, _PRIMARY, _NURSERY)
    return rng.choice(((_PRIMARY, _NURSERY), (_PRIMARY,), (_VILLAGE, _NURSERY), (_VILLAGE,)))


def _town_name(town: int) -> str:
    """A name of its own for each town, with a number when the names are used up."""
    endings, beginnings = len(_TOWN_ENDINGS), len(_TOWN_BEGINNINGS)
    lap, place = divmod(town, endings * beginnings)
    row, column = divmod(place, endings)
    ending = _TOWN_ENDINGS[column]
    beginning = _TOWN_BEGINNINGS[(2 * row + row // (beginnings // 2) + column) % beginnings]  # 0 2 4 6 1 3 5 7 further
    name = f"{beginning} {ending}" if ending[0] == "d" else f"{beginning}{ending}"
    return f"{name} {lap + 1}" if lap else name


def _stops(rng: Random, school: _School, bearing: float) -> list[dict[str, Any]]:
    """A line from a hamlet to the school, times counted from its first stop."""
    reach, halts = rng.triangular(2.5, 15, 7), rng.randint(3, 8)
    distances = [reach * (halts - halt) / halts for halt in range(halts)]
    places = [_moved(school.place, distance, bearing + rng.uniform(-0.25, 0.25)) for distance in distances]
    stops: list[dict[str, Any]] = []
    minutes, free = 0, _SEATS[-1][1]
    for order, place in enumerate(places, 1):
        if order > 1:
            minutes += _ride_minutes(places[order - 2], place)
        waiting = min(rng.randint(1, 9), free)
        free -= waiting
        name = f"{rng.choice(_STOP_KINDS)} {rng.choice(_STOP_PLACES)}"
        stops.append(_stop(name, place, order, minutes, waiting))
    minutes += _ride_minutes(places[-1], school.place)
    return [*stops, _stop(school.name, school.place, halts + 1, minutes, 0, is_school=True)]


def _stop(
    name: str, place: _Point, order: int, minutes: int, passengers: int, *, is_school: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "lat": place[0],
        "lon": place[1],
        "order": order,
        "time_from_start": minutes,
        "passengers": passengers,
        "is_school": is_school,
    }


def _runs(school: _School, line: int, stops: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The routes of a line. Those home keep their stops in the order of those to school, school last."""
    bells = [("entry", "morning", school.kind.arrival), ("exit", "home", school.kind.departure)]
    if school.kind.afternoon is not None:
        back, away = school.kind.afternoon
        bells += [("entry", "afternoon", back), ("exit", "evening", away)]
    needed = sum(stop["passengers"] for stop in stops)
    for number, (kind, run, bell) in enumerate(bells):
        time = f"{clock(bell + school.bell_offset)}:00"
        seats = next(seats for seats in _SEATS if needed <= seats[1])
        yield {
            "id": f"{school.id}-{line}-{run}",
            "name": f"{school.town} line {line}, {run}",
            "type": kind,
            "stops": [dict(stop) for stop in stops],
            "school_id": school.id,
            "school_name": school.name,
            "arrival_time": time if kind == "entry" else None,
            "departure_time": time if kind == "exit" else None,
            "capacity_needed": needed,
            "vehicle_capacity_min": seats[0],
            "vehicle_capacity_max": seats[1],
            "vehicle_capacity_range": f"{seats[0]}-{seats[1]}",
            "contract_id": school.contract,
            "days": ["L", "M", "Mc", "J", "V"] if number < 2 else ["L", "M", "Mc", "J"],
        }


def _moved(place: _Point, km: float, bearing: float) -> _Point:
    """The place that many kilometres away; rounded to a metre, so that every machine gets the same."""
    lat = place[0] + km * math.cos(bearing) / _KM_PER_DEGREE[0]
    lon = place[1] + km * math.sin(bearing) / _KM_PER_DEGREE[1]
    return round(lat, 5), round(lon, 5)


def _ride_minutes(origin: _Point, destination: _Point) -> int:
    """Whole minutes by road with a minute for boarding."""
    north = (destination[0] - origin[0]) * _KM_PER_DEGREE[0]
    east = (destination[1] - origin[1]) * _KM_PER_DEGREE[1]
    return 1 + round(math.sqrt(north * north + east * east) * _KM_OF_ROAD / _ROAD_KMH * 60)
