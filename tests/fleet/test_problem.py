from dataclasses import replace

import pytest

from tutti.fleet.obstacles import obstacles
from tutti.fleet.problem import Problem, Trip, clock
from tutti.fleet.travel import GreatCircleTravel
from tutti.fleet.vehicle import VehicleType

TRIP = Trip("R1", "entry", 475, 485, 480, 30, (40.0, -3.0), (40.1, -3.0), seats=20)
PROBLEM = Problem((TRIP,), GreatCircleTravel(), (VehicleType("bus", 20),))


@pytest.mark.parametrize(("minute", "text"), [(0, "00:00"), (485, "08:05"), (1445, "24:05"), (-5, "-00:05")])
def test_a_minute_is_shown_as_hours_and_minutes(minute: int, text: str) -> None:
    assert clock(minute) == text


def test_a_trip_that_can_run_is_no_obstacle() -> None:
    assert obstacles(PROBLEM) == []


def test_a_window_without_a_minute_is_an_obstacle() -> None:
    problem = replace(PROBLEM, trips=(replace(TRIP, earliest_min=490),))
    assert [str(each) for each in obstacles(problem)] == [
        "route R1 can't start at any minute: its window is empty, earliest start 08:10, latest 08:05"
    ]


def test_a_window_that_ends_before_the_day_is_an_obstacle() -> None:
    (obstacle,) = obstacles(replace(PROBLEM, trips=(replace(TRIP, latest_min=-63),)))
    assert obstacle.text.endswith(", latest 63 min before the day begins")


def test_a_bus_that_is_too_small_is_an_obstacle() -> None:
    problem = replace(PROBLEM, vehicle_types=(VehicleType("van", 9),))
    assert [str(each) for each in obstacles(problem)] == ["route R1 can be run by no bus: type van has 9 seats of 20"]
