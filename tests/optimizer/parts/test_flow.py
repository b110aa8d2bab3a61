"""Which connections a flow gets to choose from."""

from dataclasses import replace

import numpy as np

from tests.optimizer.instances import random_problem
from tutti.fleet.travel import MatrixTravel
from tutti.optimizer.bounds.fewest_blocks import fewest_blocks
from tutti.optimizer.bounds.flow import nearest_arcs
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.weights import Weights


def at_one_place(trips: int, seed: int) -> Arcs:
    problem = random_problem("narrow", trips, seed)
    nowhere = MatrixTravel(((0,) * 8,) * 8)
    return Arcs.of(replace(problem, travel=nowhere))


def test_of_trips_that_are_as_near_the_first_after_and_the_last_before_a_trip_are_taken() -> None:
    arcs = at_one_place(60, 0)
    chosen = set(zip(*(ends.tolist() for ends in nearest_arcs(arcs, 3)), strict=True))
    order = np.argsort(arcs.asked, kind="stable")
    for trip in range(arcs.n):
        after = [int(other) for other in order if arcs.travel[trip, other] < NO_ARC]
        before = [int(other) for other in order if arcs.travel[other, trip] < NO_ARC]
        assert {(trip, other) for other in after[:3]} <= chosen
        assert {(other, trip) for other in before[-3:]} <= chosen


def test_the_nearest_are_those_of_least_travel() -> None:
    arcs = Arcs.of(random_problem("narrow", 60, 0))
    tails, heads = nearest_arcs(arcs, 3)
    for trip in range(arcs.n):
        onwards = np.sort(arcs.travel[trip][arcs.travel[trip] < NO_ARC])[:3]
        assert np.isin(onwards, arcs.travel[trip, heads[tails == trip]]).all()


def test_a_few_near_connections_are_enough_where_all_trips_begin_and_end_at_one_place() -> None:
    arcs = at_one_place(400, 0)
    near, _ = nearest_arcs(arcs)
    fewest = fewest_blocks(Weights.without_depots(arcs))
    assert len(fewest.tails) == len(near)
