"""Column generation ends at the same value wherever its prices begin and however narrowly they are limited at first."""

import math

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tutti.optimizer.blocks import block_relaxation
from tutti.optimizer.blocks.block_lp import BlockLP, BlockPrices
from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation, is_close
from tutti.optimizer.blocks.weighing import blocks_of
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import Arcs, Floats
from tutti.optimizer.model.block_rules import BlockRules
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.stop import never

_TRIPS = 12


def begun(seed: int) -> BlockRelaxation:
    """A programme with a block for each trip, and prices that prove nothing."""
    problem = random_problem("wide", _TRIPS, seed)
    arcs = Arcs.of(problem)
    vehicles = Vehicles.of(problem, arcs)
    lp = FleetLP(Cuts(arcs), Weights.without_depots(arcs), vehicles, seed=0, wants_stop=lambda: False)
    blocks = BlockLP(lp, seed=0, wants_stop=lambda: False)
    blocks.add(blocks_of(lp, np.zeros(_TRIPS, dtype=np.int64), [[trip] for trip in range(_TRIPS)]))
    pricing = BlockPricing.among(lp, np.arange(_TRIPS), lambda: None, BlockRules())
    nothing = BlockPrices(np.zeros(_TRIPS), np.zeros(len(vehicles.amounts)))
    return BlockRelaxation(Search(problem, never, []), blocks, pricing, nothing, may_repeat=True)


def test_prices_are_limited_by_what_it_costs_to_leave_a_trip_out() -> None:
    whole = begun(0)
    whole.lp.solve()
    unlimited = whole.lp.objective
    whole.lp.limit_prices(np.full(_TRIPS, 7.0))
    whole.lp.solve()
    assert whole.lp.prices.cover.max() == pytest.approx(7.0)
    assert whole.lp.left_out == pytest.approx(_TRIPS)
    assert whole.lp.objective == pytest.approx(7.0 * _TRIPS)
    whole.lp.limit_prices(np.full(_TRIPS, np.inf))
    whole.lp.solve()
    assert whole.lp.left_out == 0
    assert whole.lp.objective == pytest.approx(unlimited)


def test_a_limit_below_nothing_makes_trips_worth_nothing() -> None:
    whole = begun(0)
    whole.lp.limit_prices(np.full(_TRIPS, -1.0))
    whole.lp.solve()
    assert whole.lp.objective == pytest.approx(0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("begins_at_best", [False, True])
def test_the_value_is_the_same_with_prices_that_keep_near_the_best(seed: int, begins_at_best: bool) -> None:
    free, near = begun(seed), begun(seed)
    free.converge(np.ones(_TRIPS, dtype=bool), 200, is_close)
    if begins_at_best:
        near.prices, near.missing = free.prices, free.missing
    near.converge_near(np.ones(_TRIPS, dtype=bool), 200, is_close)
    assert near.lp.left_out == pytest.approx(0, abs=1e-6)
    assert is_close(near.value, near.lp.objective)
    assert near.value == pytest.approx(free.value, abs=0.05)


@pytest.mark.parametrize(("many", "times"), [(1.0, 2), (np.inf, 3)])
def test_there_is_no_limit_once_whole_trips_are_left_out(
    monkeypatch: pytest.MonkeyPatch, many: float, times: int
) -> None:
    """Prices that prove nothing are thousands of minutes from right, and limits grow five times at a time."""
    monkeypatch.setattr(block_relaxation, "_MANY_LEFT_OUT", many)
    limits: list[float] = []
    limit = BlockLP.limit_prices

    def note(lp: BlockLP, most: Floats) -> None:
        limits.append(float(most.max()))
        limit(lp, most)

    monkeypatch.setattr(BlockLP, "limit_prices", note)
    begun(0).converge_near(np.ones(_TRIPS, dtype=bool), 200, is_close)
    assert len(limits) - 1 == times  # the last one of all takes them away


def test_no_trip_stays_out_when_the_rounds_are_used_up() -> None:
    whole = begun(0)
    whole.converge_near(np.ones(_TRIPS, dtype=bool), 1, is_close)
    assert whole.lp.left_out == pytest.approx(0, abs=1e-6)
    assert whole.value < whole.lp.objective


def test_what_is_enough_whatever_the_programme_comes_to_ends_it_at_once() -> None:
    """Limits of a fleet within which no plan is better can leave trips out however dear that gets."""
    whole = begun(0)
    whole.converge_near(np.ones(_TRIPS, dtype=bool), 200, lambda value, objective: True)
    assert whole.search.rounds == 2  # that in which trips were left out, and that in which none may be


def test_steps_that_keep_what_the_programme_promises_get_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounds() -> int:
        programmes = [begun(seed) for seed in range(6)]
        for whole in programmes:
            whole.converge(np.ones(_TRIPS, dtype=bool), 200, is_close)
        return sum(whole.search.rounds for whole in programmes)

    with_longer_steps = rounds()
    monkeypatch.setattr(block_relaxation, "_MUCH", np.inf)
    assert with_longer_steps < 0.9 * rounds()


def test_a_programme_that_begins_with_the_blocks_and_prices_of_another_is_at_its_end() -> None:
    known, whole = begun(0), begun(0)
    known.converge(np.ones(_TRIPS, dtype=bool), 200, is_close)
    whole.begin_with(known.lp.blocks, known.prices)
    assert is_close(whole.value, whole.lp.objective)
    assert whole.value == pytest.approx(known.value)


def test_after_a_look_at_the_best_prices_it_is_known_what_they_prove() -> None:
    known, whole = begun(0), begun(0)
    known.converge(np.ones(_TRIPS, dtype=bool), 200, is_close)
    whole.prices, whole.missing = known.prices, -math.inf
    whole.look_at_best(np.ones(_TRIPS, dtype=bool))
    assert whole.value == pytest.approx(known.value)
