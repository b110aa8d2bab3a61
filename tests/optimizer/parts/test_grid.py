"""Trips that start every few minutes only: what is in time there is in time, and each can be run."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.chains import first_break

TRIPS, STEP_MIN = 9, 4


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("window_min", [0, 2, 5, 40])
def test_chains_that_fit_every_few_minutes_fit_to_the_minute(window_min: int, seed: int) -> None:
    problem = random_problem("wide", TRIPS, seed)
    trips = (
        replace(trip, latest_min=trip.earliest_min + window_min * (at > 2)) for at, trip in enumerate(problem.trips)
    )
    arcs = Arcs.of(replace(problem, trips=tuple(trips)))
    grid = arcs.on_grid(STEP_MIN)
    assert (grid.earliest <= grid.latest).all()
    chains = list(permutations(range(TRIPS), 2)) + list(permutations(range(TRIPS), 3))
    exact, stepped = (np.array([first_break(each, chain) is None for chain in chains]) for each in (arcs, grid))
    assert not (stepped & ~exact).any()
    assert stepped.sum() > 0.4 * exact.sum()
