"""Windows by type, by school and by route: which one counts, and which contradict each other."""

from typing import Any

import pytest

from tests.fleet.routes import entry, leaving
from tutti.fleet.day import Day
from tutti.fleet.errors import InputError
from tutti.fleet.reading import read_day

SCHOOL = {"S1": {"entry": [-10, 0]}}


def day_with(windows: object) -> Day:
    return read_day({"routes": [entry(), entry(id="E2"), leaving()], "options": {"windows": windows}})


def moves(windows: object) -> dict[str, tuple[int, int]]:
    """How far each route may start before and after the asked minute."""
    trips = day_with(windows).problem().trips
    return {trip.id: (trip.earliest_min - trip.asked_min, trip.latest_min - trip.asked_min) for trip in trips}


def test_a_school_has_windows_of_its_own_for_each_type() -> None:
    assert moves({"schools": SCHOOL}) == {"E1": (-10, 0), "E2": (-10, 0), "X1": (-5, 10)}


def test_a_routes_own_window_comes_before_its_schools() -> None:
    windows = {"schools": SCHOOL, "routes": {"E2": [0, 0]}, "exit": [0, 1]}
    assert moves(windows) == {"E1": (-10, 0), "E2": (0, 0), "X1": (0, 1)}


def test_a_window_that_shares_no_minute_with_the_schools_is_warned_of() -> None:
    day = day_with({"schools": SCHOOL, "routes": {"E1": [1, 5], "E2": [0, 5]}})
    assert day.warnings == (
        "the window [1, 5] of route E1 shares no minute with [-10, 0], that of its school S1; "
        "the route's own is planned by",
    )


@pytest.mark.parametrize(
    ("windows", "path", "message"),
    [
        ({"routes": {"E9": [0, 5]}}, "routes.E9", 'no route has the id "E9"; correct or remove it'),
        ({"schools": {"S9": {}}}, "schools.S9", 'no route has the school_id "S9"; correct or remove it'),
        ({"routes": {"E1": [5, 0]}}, "routes.E1", "is turned round: 5 is after 0; write [0, 5]"),
        ({"schools": {"S1": [0, 5]}}, "schools.S1", "must be an object with fields in braces, not a list"),
        ({"schools": {"S1": {"Exit": [0, 5]}}}, "schools.S1.Exit", '"Exit" is not an option; did you mean "exit"?'),
        ({"routes": [1]}, "routes", "must be an object with fields in braces, not a list"),
    ],
)
def test_a_faulty_window_is_named_with_its_remedy(windows: Any, path: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        day_with(windows)
    ((finding,),) = (caught.value.findings,)
    assert (finding.path, finding.message) == (f"options.windows.{path}", message)
