"""Small random problems of every kind that troubles an optimizer, drawn by Hypothesis or from a seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tutti.fleet.blocks import Depot
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType

Whole = Callable[[int, int], int]
"""Draws a whole number from lowest to highest, both included."""

BUS = VehicleType("bus", 40)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a problem's numbers are drawn from, each pair (least, most); all in minutes but the counts.

    day = earliest starts; window = latest minus earliest start; asked = how far outside its window a start may be asked
    for; different = how many trips differ at most, the others repeat them.
    """

    day: tuple[int, int]
    window: tuple[int, int]
    duration: tuple[int, int]
    travel: tuple[int, int]
    places: int
    asked: int = 0
    different: int = 25


KINDS = {
    "fixed": Kind(day=(360, 560), window=(0, 0), duration=(10, 40), travel=(2, 20), places=8),
    "narrow": Kind(day=(360, 660), window=(10, 15), duration=(15, 60), travel=(7, 40), places=8),
    "compressed": Kind(day=(360, 420), window=(0, 15), duration=(1, 6), travel=(0, 8), places=6, asked=5),
    "wide": Kind(day=(360, 600), window=(20, 40), duration=(5, 30), travel=(2, 20), places=8),
    "cyclic": Kind(day=(0, 40), window=(0, 60), duration=(1, 5), travel=(0, 9), places=5, asked=10),
    "huge": Kind(day=(0, 600), window=(0, 3000), duration=(1, 60), travel=(0, 60), places=6),
    "still": Kind(day=(0, 60), window=(0, 30), duration=(1, 20), travel=(0, 0), places=3),
    "one_place": Kind(day=(0, 90), window=(0, 30), duration=(1, 20), travel=(0, 9), places=1),
    "identical": Kind(day=(0, 60), window=(0, 40), duration=(1, 12), travel=(0, 9), places=3, different=3),
    "far": Kind(day=(0, 900), window=(0, 25_000), duration=(1, 900), travel=(0, 40_000), places=5),
}

QUICK_KINDS = ("fixed", "narrow", "compressed", "wide", "one_place")
"""Those that are proven in a moment with 25 trips; others can take minutes from 15 trips on, for CP-SAT too."""


def make_problem(whole: Whole, kind: Kind, trips: int) -> Problem:
    """A problem of `kind` with `trips` trips, its travel times a table that need not be symmetric."""
    table = tuple(tuple(whole(*kind.travel) for _ in range(kind.places)) for _ in range(kind.places))
    models = [_make_trip(whole, kind, number) for number in range(min(trips, kind.different))]
    copies = [replace(models[whole(0, len(models) - 1)], id=f"t{number}") for number in range(len(models), trips)]
    return Problem((*models, *copies), MatrixTravel(table), (BUS,))


def random_problem(kind: str, trips: int, seed: int) -> Problem:
    """The problem that `seed` stands for."""
    return make_problem(random.Random(f"{kind} {trips} {seed}").randint, KINDS[kind], trips)


@st.composite
def problems(draw: st.DrawFn, *, least: int = 0, most: int = 10, kinds: tuple[str, ...] = tuple(KINDS)) -> Problem:
    """Problems of `least` to `most` trips of any of `kinds`."""
    kind = KINDS[draw(st.sampled_from(kinds))]

    def whole(lowest: int, highest: int) -> int:
        return draw(st.integers(lowest, highest))

    return make_problem(whole, kind, whole(least, most))


def with_depots(draw: st.DrawFn, problem: Problem, least: int, most: int) -> Problem:
    """The problem with `least` to `most` depots where its trips begin or end, D0, D1 and so on."""
    places = {trip.origin for trip in problem.trips} | {trip.destination for trip in problem.trips}
    stands = draw(st.lists(st.sampled_from(sorted(places)), min_size=least, max_size=most))  # type: ignore[type-var]  # numbers
    return replace(problem, depots=tuple(Depot(f"D{number}", place) for number, place in enumerate(stands)))


@st.composite
def days_in_depots(
    draw: st.DrawFn, *, least: int = 0, most: int = 1, trips: int, kinds: tuple[str, ...] = tuple(KINDS)
) -> Problem:
    """Days of one type of bus and up to so many `trips`, with `least` to `most` depots."""
    return with_depots(draw, draw(problems(least=1, most=trips, kinds=kinds)), least, most)


def _make_trip(whole: Whole, kind: Kind, number: int) -> Trip:
    earliest = whole(*kind.day)
    latest = earliest + whole(*kind.window)
    return Trip(
        id=f"t{number}",
        kind="entry" if whole(0, 1) else "exit",
        earliest_min=earliest,
        latest_min=latest,
        asked_min=whole(earliest - kind.asked, latest + kind.asked),
        duration_min=whole(*kind.duration),
        origin=whole(0, kind.places - 1),
        destination=whole(0, kind.places - 1),
    )
