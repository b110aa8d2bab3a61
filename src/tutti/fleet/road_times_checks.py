"""Road times against the day that they are for: what the table lacks, and what looks as if it were wrong."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.blocks import Depot
from tutti.fleet.errors import Finding
from tutti.fleet.road_times import NOT_GIVEN, RoadTimes, Spot, spot
from tutti.fleet.route import Route
from tutti.fleet.route_reading import Notes
from tutti.fleet.travel import GreatCircleTravel

_KM = GreatCircleTravel(speed_kmh=60, added_min=0, minimum_min=0, buffer_min=0)
"""Whole kilometres as the crow flies: at 60 km/h they are minutes."""

_FASTEST_KMH = 150
_SLOWEST_KMH = 5
_ADVICE = "add what is missing, or set estimate_missing to true"


def deadhead_places(routes: Iterable[Route], depots: Iterable[Depot]) -> tuple[dict[Spot, str], dict[Spot, str]]:
    """Where deadheads begin, and where they end, each with what is there: the end or start of a route, or a depot."""
    origins: dict[Spot, str] = {}
    destinations: dict[Spot, str] = {}
    for route in routes:
        origins.setdefault(spot(route.destination), f"end of route {route.id}")
        destinations.setdefault(spot(route.origin), f"start of route {route.id}")
    for depot in depots:
        origins.setdefault(spot(depot.place), f"depot {depot.name}")
        destinations.setdefault(spot(depot.place), f"depot {depot.name}")
    return origins, destinations


def check_road_times(
    times: RoadTimes, routes: Sequence[Route], depots: Sequence[Depot], findings: list[Finding], notes: Notes
) -> None:
    """Note what the table lacks for these routes, as wrong or as estimated, and what it can hardly mean."""
    origins, destinations = deadhead_places(routes, depots)
    if not times.estimates_missing:
        before = len(findings)
        _find_absent("origins", times.origins, origins, findings)
        _find_absent("destinations", times.destinations, destinations, findings)
        if len(findings) > before:
            return
    pairs = len(origins) * len(destinations)
    first = _first_absent(times, origins, destinations)
    origins = {place: name for place, name in origins.items() if place in times.origins}
    destinations = {place: name for place, name in destinations.items() if place in times.destinations}
    minutes = times.between(origins, destinations)  # no larger than the table, however many routes there are
    nulls = np.argwhere(minutes == NOT_GIVEN)
    if len(nulls):
        first = first or _pair(nulls[0], origins, destinations)
    missing = pairs - minutes.size + len(nulls)
    if first and times.estimates_missing:
        notes.add(
            f"{missing} of {pairs} road times are missing and estimated by the straight line, the first is {first}"
        )
    elif first:
        message = f"{missing} of {pairs} times are null, the first is {first}; {_ADVICE}"
        findings.append(Finding("options.road_times", message))
    _note_odd_speeds(minutes, origins, destinations, notes)


def _first_absent(times: RoadTimes, origins: Mapping[Spot, str], destinations: Mapping[Spot, str]) -> str:
    """The first pair of which the table lacks a place; empty if it has them all."""
    absent = [name for place, name in origins.items() if place not in times.origins]
    if absent:
        return f"from the {absent[0]} to the {next(iter(destinations.values()))}"
    absent = [name for place, name in destinations.items() if place not in times.destinations]
    return f"from the {next(iter(origins.values()))} to the {absent[0]}" if absent else ""


def _find_absent(name: str, given: Mapping[Spot, int], wanted: Mapping[Spot, str], findings: list[Finding]) -> None:
    absent = [place for place in wanted if place not in given]
    if not absent:
        return
    first = absent[0]
    hint = ""
    if first[::-1] in given:
        hint = "; the table has it with lat and lon exchanged"
    elif given:
        metres = round(min(GreatCircleTravel().kilometres(first, place) for place in given) * 1000)
        hint = f", {metres} m from the nearest that is there"
    message = (
        f"{len(absent)} of {len(wanted)} places are missing, the first is the {wanted[first]} at "
        f"{first[0]}, {first[1]}{hint}; {_ADVICE}"
    )
    findings.append(Finding(f"options.road_times.{name}", message))


def _note_odd_speeds(
    minutes: NDArray[np.int32], origins: Mapping[Spot, str], destinations: Mapping[Spot, str], notes: Notes
) -> None:
    """Times as of an aeroplane or of a walker: seconds for minutes, perhaps, or rows for columns."""
    km = _KM.matrix([*origins], [*destinations])
    is_given = minutes != NOT_GIVEN
    fast = np.argwhere(is_given & (km * 60 > _FASTEST_KMH * (minutes + 1)))  # they are rounded up
    if len(fast):
        notes.add(
            f"{len(fast)} road time(s) would take a bus at more than {_FASTEST_KMH} km/h, the first is "
            f"{_pair(fast[0], origins, destinations)}: are rows origins, and is the unit right?"
        )
    if int(km[is_given].sum()) * 60 < _SLOWEST_KMH * int(minutes[is_given].sum()):
        notes.add(f"by its road times a bus would drive at less than {_SLOWEST_KMH} km/h on average: are they seconds?")


def _pair(cell: NDArray[np.intp], origins: Mapping[Spot, str], destinations: Mapping[Spot, str]) -> str:
    row, column = (int(number) for number in cell)
    return f"from the {[*origins.values()][row]} to the {[*destinations.values()][column]}"
