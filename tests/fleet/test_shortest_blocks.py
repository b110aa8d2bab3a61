"""How short a block with a trip can be: by the shortest ways there and back, perhaps by way of another trip."""

import pytest

from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.shortest_blocks import shortest_alone, shortest_with_others
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType

_FAR = Trip("far", "entry", 500, 500, 500, 10, 1, 1)
_HERE_AND_THERE = ((0, 20, 20, 1), (20, 0, 1, 20), (20, 1, 0, 20), (1, 20, 20, 0))
"""The depot, 20 minutes from it the far trip, a place beside that, and one beside the depot."""


def least_of(other: Trip) -> int:
    limits = BlockLimits(longest_min=60)
    problem = Problem(
        (_FAR, other), MatrixTravel(_HERE_AND_THERE), (VehicleType("bus", 9),), depots=(Depot("D", 0),), limits=limits
    )
    assert shortest_alone(problem, _FAR).block_min == 50
    return shortest_with_others(problem)["far"].block_min


@pytest.mark.parametrize(("start_min", "least_min"), [(510, 50), (511, 37), (515, 41), (530, 50)])
def test_a_trip_from_beside_it_to_the_depot_is_a_way_back_if_it_comes_soon_enough(
    start_min: int, least_min: int
) -> None:
    assert least_of(Trip("back", "exit", start_min, start_min, start_min, 5, 2, 3)) == least_min


@pytest.mark.parametrize(("start_min", "least_min"), [(495, 50), (494, 37), (490, 41), (470, 50)])
def test_a_trip_from_the_depot_to_beside_it_is_a_way_there_if_it_ends_soon_enough(
    start_min: int, least_min: int
) -> None:
    assert least_of(Trip("there", "exit", start_min, start_min, start_min, 5, 3, 2)) == least_min


def test_the_wait_for_a_trip_that_can_start_at_several_minutes_is_the_shortest() -> None:
    assert least_of(Trip("back", "exit", 512, 530, 520, 5, 2, 3)) == 38
