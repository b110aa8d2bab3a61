"""The programme over connections of a fleet: its other optimal corners."""

import numpy as np
import pytest

from tutti.fleet.problem import Problem, Trip
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights


def two_of_which_either_follows_either() -> FleetLP:
    """Two trips at eight and two at nine, all alike: two plans of two buses weigh the same."""
    trips = tuple(
        Trip(f"t{number}", "entry", start, start, start, 20, 0, 0) for number, start in enumerate([480, 480, 540, 540])
    )
    problem = Problem(trips, MatrixTravel(((0,),)), (VehicleType("bus", 40),))
    arcs = Arcs.of(problem)
    lp = FleetLP(Cuts(arcs), Weights.without_depots(arcs), Vehicles.of(problem, arcs), seed=0, wants_stop=lambda: False)
    lp.add_arcs(np.array([0, 0, 1, 1]), np.array([2, 3, 2, 3]), np.zeros(4, dtype=np.int64))
    return lp


def test_a_shaken_programme_finds_every_plan_that_weighs_the_same() -> None:
    lp = two_of_which_either_follows_either()
    lp.solve()
    before, found = lp.objective, set()
    for seed in range(10):
        lp.shake(np.ones(4, dtype=bool), np.random.default_rng(seed))
        lp.solve()
        assert before - 0.25 < lp.objective <= before
        found.add(tuple(lp.value.round(6).tolist()))
    assert found == {(1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 1.0, 0.0)}


def test_a_programme_shaken_elsewhere_keeps_its_plan() -> None:
    lp = two_of_which_either_follows_either()
    lp.solve()
    before = lp.value.copy()
    lp.shake(np.zeros(4, dtype=bool), np.random.default_rng(0))
    lp.solve()
    assert lp.value == pytest.approx(before)
