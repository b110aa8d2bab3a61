"""A problem's digest: equal for equal problems, in every process, and for no others."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tutti.fleet.problem import Problem
from tutti.fleet.travel import GreatCircleTravel, MatrixTravel
from tutti.fleet.vehicle import VehicleType


@examples(30)
@given(problems(most=6), problems(most=6))
def test_two_problems_share_a_digest_only_if_they_are_equal(one: Problem, other: Problem) -> None:
    assert (one.digest() == other.digest()) == (one == other)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"kind": "exit"},
        {"earliest_min": 77},
        {"latest_min": 77},
        {"asked_min": 77},
        {"duration_min": 77},
        {"origin": 77},
        {"destination": 77},
        {"seats": 77},
        {"fewest_seats": 77},
        {"most_seats": 77},
        {"features": frozenset({"wheelchair"})},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_any_field_of_a_trip_changes_the_digest(change: dict[str, object]) -> None:
    problem = random_problem("narrow", 3, 0)
    assert problem.trips[0].kind == "entry"
    trips = (replace(problem.trips[0], **change), *problem.trips[1:])  # type: ignore[arg-type]  # one field at a time
    assert replace(problem, trips=trips).digest() != problem.digest()


def test_other_travel_times_or_buses_change_the_digest() -> None:
    problem = random_problem("narrow", 3, 0)
    others = [
        replace(problem, travel=MatrixTravel(((1,),))),
        replace(problem, travel=GreatCircleTravel()),
        replace(problem, travel=GreatCircleTravel(buffer_min=3)),
        replace(problem, vehicle_types=(VehicleType("bus", 41),)),
        replace(problem, vehicle_types=(VehicleType("coach", 40),)),
    ]
    assert len({problem.digest(), *(other.digest() for other in others)}) == 6


def test_another_process_computes_the_same_digest() -> None:
    code = "from tests.optimizer.instances import random_problem; print(random_problem('wide', 9, 4).digest())"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == random_problem("wide", 9, 4).digest()
