"""What connections cost, and what blocks cost that are made of them."""

from dataclasses import replace

import pytest

from tests.optimizer.instances import random_problem
from tutti.fleet.blocks import Depot
from tutti.optimizer import solve
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.plans import chains_of
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights


@pytest.mark.parametrize("places", [(), (3,)])
def test_the_deadhead_of_blocks_is_that_of_their_plan(places: tuple[int, ...]) -> None:
    problem = replace(random_problem("narrow", 20, 1), depots=tuple(Depot("D", place) for place in places))
    plan = solve(problem).plan
    assert plan is not None
    assert len(plan.blocks) > 1
    arcs = Arcs.of(problem)
    weights = Weights.of_nearest_depots(arcs, Vehicles.of(problem, arcs))
    assert weights.deadhead_min(chains_of(problem, arcs, plan)) == plan.objective.deadhead_min
    assert weights.deadhead_min([]) == 0
