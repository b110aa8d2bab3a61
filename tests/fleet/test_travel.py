import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutti.fleet.travel import GreatCircleTravel, MatrixTravel, TravelTimes

Point = tuple[float, float]
MADRID, BARCELONA = (40.4168, -3.7038), (41.3874, 2.1686)
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180)) | st.tuples(
    st.sampled_from([-90.0, -45.0, 0.0, 45.0, 90.0]), st.sampled_from([-180.0, -90.0, 0.0, 90.0, 180.0])
)


def antipode(point: Point) -> Point:
    return -point[0], point[1] - 180 if point[1] > 0 else point[1] + 180


def driving_whole_minutes(one: Point, two: Point, minutes: int) -> GreatCircleTravel:
    """The rule at the speed that takes as many minutes from one point to the other, give or take a rounding error."""
    return GreatCircleTravel(speed_kmh=max(0.01, GreatCircleTravel().kilometres(one, two) / minutes * 60))


def expected(travel: TravelTimes, points: list[Point]) -> list[list[int]]:
    return [[travel.minutes(origin, destination) for destination in points] for origin in points]


def test_the_default_rule_drives_50_kmh_and_adds_3_and_2_minutes() -> None:
    km = GreatCircleTravel().kilometres(MADRID, BARCELONA)
    assert km == pytest.approx(504.6, abs=1)
    assert GreatCircleTravel().minutes(MADRID, BARCELONA) == math.floor(km / 50 * 60) + 3 + 2


def test_a_bus_at_its_next_start_still_needs_the_minimum_and_the_buffer() -> None:
    assert GreatCircleTravel().minutes(MADRID, MADRID) == 7
    assert GreatCircleTravel(added_min=3, minimum_min=0, buffer_min=0).minutes(MADRID, MADRID) == 3


def test_a_quarter_of_the_equator_is_10007_kilometres() -> None:
    assert GreatCircleTravel().kilometres((0, 0), (0, 90)) == pytest.approx(math.pi / 2 * 6371)


def test_all_longitudes_are_one_place_at_a_pole() -> None:
    assert GreatCircleTravel().kilometres((90, 0), (90, 120)) == pytest.approx(0, abs=1e-9)


@given(st.lists(POINTS, min_size=1, max_size=6), st.sampled_from([1.0, 30.0, 50.0, 200.0]))
def test_the_table_is_the_rule_for_all_pairs(points: list[Point], speed_kmh: float) -> None:
    travel = GreatCircleTravel(speed_kmh=speed_kmh)
    points += [antipode(point) for point in points]
    assert travel.matrix(points, points).tolist() == expected(travel, points)


@given(POINTS, POINTS, st.integers(1, 10_000))
def test_the_table_rounds_like_the_rule_where_a_drive_takes_whole_minutes(one: Point, two: Point, minutes: int) -> None:
    travel = driving_whole_minutes(one, two, minutes)
    assert travel.matrix([one, two], [one, two]).tolist() == expected(travel, [one, two])


def test_the_table_rounds_like_the_rule_on_the_other_side_of_the_world() -> None:
    rng = random.Random(1)
    for _ in range(500):
        one = rng.uniform(-80, 80), rng.uniform(-180, 0)
        two = -one[0] + rng.uniform(-1e-4, 1e-4), one[1] + 180 + rng.uniform(-1e-4, 1e-4)
        travel = driving_whole_minutes(one, two, rng.randint(1, 20_000))
        assert travel.matrix([one], [two]).tolist() == [[travel.minutes(one, two)]]


def test_a_table_larger_than_one_block_is_complete() -> None:
    rng = np.random.default_rng(1)
    points = [(40 + lat, -3 + lon) for lat, lon in rng.random((600, 2)).tolist()]
    travel = GreatCircleTravel()
    assert travel.matrix(points, points).tolist() == expected(travel, points)


@pytest.mark.parametrize("travel", [GreatCircleTravel(), MatrixTravel(((0, 4), (5, 0)))])
def test_no_places_make_an_empty_table(travel: TravelTimes) -> None:
    assert travel.matrix([], []).shape == (0, 0)


def test_given_minutes_need_not_be_the_same_both_ways() -> None:
    travel = MatrixTravel(((0, 4, 9), (5, 0, 9), (8, 8, 0)))
    assert (travel.minutes(0, 1), travel.minutes(1, 0)) == (4, 5)
    assert travel.matrix([0, 2], [1, 0]).tolist() == [[4, 0], [8, 8]]
