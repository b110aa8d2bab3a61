"""Splits between whole numbers of buses raise the bound, and leave out no plan that is better than the best."""

from dataclasses import replace

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.oracle import drivable_chains
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.blocks.block_choice import choose_blocks
from tutti.optimizer.blocks.block_lp import BlockLP, BlockPrices, FleetLimits, WeighedBlock
from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation
from tutti.optimizer.blocks.fleet_tree import FleetTree, Leaf
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.weighing import blocks_of
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.block_rules import BlockRules
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.stop import never


def three_of_which_two_fit() -> Problem:
    """Three trips of ten minutes that all start within a quarter of an hour: a bus has time for any two of them."""
    trips = tuple(Trip(f"t{number}", "entry", 480, 495, 480, 10, 0, 0) for number in range(3))
    return Problem(trips, MatrixTravel(((0,),)), (VehicleType("bus", 40),))


def converged(problem: Problem, *, may_repeat: bool = True) -> tuple[BlockRelaxation, float]:
    """The programme over all blocks, and what the best plan weighs."""
    arcs = Arcs.of(problem)
    vehicles = Vehicles.of(problem, arcs)
    lp = FleetLP(Cuts(arcs), Weights.without_depots(arcs), vehicles, seed=0, wants_stop=lambda: False)
    alone = blocks_of(lp, np.zeros(arcs.n, dtype=np.int64), [[trip] for trip in range(arcs.n)])
    blocks = BlockLP(lp, seed=0, wants_stop=lambda: False)
    blocks.add(alone)
    pricing = BlockPricing.among(lp, np.arange(arcs.n), lambda: None, BlockRules())
    nothing = BlockPrices(np.zeros(arcs.n), np.zeros(len(vehicles.amounts)))
    whole = BlockRelaxation(Search(problem, never, []), blocks, pricing, nothing, may_repeat=may_repeat)
    chains = list(drivable_chains(problem))
    all_blocks = ListedBlocks.of(blocks_of(lp, np.zeros(len(chains), dtype=np.int64), chains))
    best = choose_blocks(
        all_blocks, vehicles, FleetLimits.of(lp), cover=np.zeros(arcs.n), nodes=1000, seed=0, wants_stop=lambda: False
    )
    whole.converge(np.ones(arcs.n, dtype=bool), 200, lambda value, objective: objective < value + 0.05)
    return whole, best.least


def test_half_a_bus_is_split_into_one_more_and_none() -> None:
    whole, best = converged(three_of_which_two_fit())
    assert whole.lp.fleet[0] == pytest.approx(1.5)
    tree = FleetTree(whole, best)
    assert tree.value < best - 0.4 * whole.pricing.vehicles.weight
    assert tree.telling == [tree.root]
    tree.grow(12)
    assert tree.value == pytest.approx(best, abs=0.1)
    assert tree.telling == sorted(tree.leaves)
    assert len(tree.leaves) == 2


def five_in_a_ring() -> Problem:
    """Trips of ten minutes with a window of fifty: cheap to repeat for the labels, which don't know what is behind."""
    trips = tuple(Trip(f"t{number}", "entry", 480, 530, 480, 10, number, number) for number in range(5))
    table = tuple(tuple(1 if abs(i - j) in (0, 1) else 9 for j in range(5)) for i in range(5))
    return Problem(trips, MatrixTravel(table), (VehicleType("bus", 40),))


def test_prices_prove_the_value_of_the_programme_only_if_it_has_the_blocks_that_repeat_trips() -> None:
    whole, best = converged(five_in_a_ring())
    assert any(block.repeats for block in whole.lp.blocks)
    assert whole.lp.objective - 0.05 <= whole.value <= best
    lacking, _ = converged(five_in_a_ring(), may_repeat=False)
    assert not any(block.repeats for block in lacking.lp.blocks)
    assert lacking.value < whole.value - 1


def test_a_dive_uses_no_block_that_repeats_a_trip() -> None:
    whole, _ = converged(five_in_a_ring())
    whole.lp.add([WeighedBlock(0, (0, 1, 2, 3, 4, 0), 0.0)])
    whole.lp.solve()
    assert whole.lp.uses_repeats
    whole.lp.fix([], np.ones(5, dtype=bool))
    whole.lp.solve()
    assert not whole.lp.uses_repeats


@pytest.mark.parametrize("kind", ["narrow", "wide", "cyclic", "still"])
@pytest.mark.parametrize("seed", range(3))
def test_no_split_lifts_the_bound_above_the_best_plan(kind: str, seed: int) -> None:
    whole, best = converged(random_problem(kind, 6, seed))
    tree = FleetTree(whole, best + 10)  # a worse plan, so that it doesn't cap the bound
    before = tree.value
    tree.grow(12)
    assert before - 1e-6 <= tree.value <= best + 1e-6


def test_limits_that_allow_no_fleet_leave_the_bound_as_it_was() -> None:
    whole, best = converged(three_of_which_two_fit())
    tree = FleetTree(whole, best + 100 * whole.pricing.vehicles.weight)  # so that no leaf weighs too much
    tree.grow(12)
    tree.finish()
    few = next(leaf for leaf in tree.leaves if leaf.limits.most.min() == 1)
    tree.require_level(2)  # with one bus at most
    tree.finish()
    (still_few,) = (leaf for leaf in tree.leaves if leaf.limits.most.min() == 1)
    assert still_few.value == few.value
    assert len(tree.leaves) == 2


def test_a_side_that_weighs_more_is_looked_at_no_further_before_it_is_the_least() -> None:
    whole, best = converged(three_of_which_two_fit())
    a_bus = whole.pricing.vehicles.weight
    tree = FleetTree(whole, best + 100 * a_bus)
    tree.grow(1)
    least, other = sorted(tree.leaves)
    assert (least.is_done, other.is_done) == (True, False)
    assert least.value + a_bus <= other.value < tree.cost
    tree.finish()
    assert all(leaf.is_done for leaf in tree.leaves)
    assert max(tree.leaves).value > other.value


@pytest.mark.parametrize(("amount", "first"), [(1.25, (0, 1)), (1.75, (2, np.inf))])
def test_the_nearer_side_of_a_split_is_worked_out_first(
    monkeypatch: pytest.MonkeyPatch, amount: float, first: tuple[float, float]
) -> None:
    whole, best = converged(three_of_which_two_fit())
    tree = FleetTree(whole, best)
    row = tree.root.row
    assert row is not None
    tree.root.amount = amount
    worked_out: list[tuple[float, float]] = []

    def within(tree: FleetTree, leaf: Leaf, limits: FleetLimits, enough: float) -> Leaf:
        worked_out.append((limits.least[row], limits.most[row]))
        return replace(leaf, row=None)

    monkeypatch.setattr(FleetTree, "_within", within)
    tree.grow(1)
    assert len(worked_out) == 2
    assert worked_out[0] == first


def test_a_side_that_has_become_the_least_is_looked_at_to_its_end() -> None:
    whole, best = converged(three_of_which_two_fit())
    tree = FleetTree(whole, best + 100 * whole.pricing.vehicles.weight)
    tree.grow(1)
    tree.leaves.remove(min(tree.leaves))
    (before,) = tree.leaves
    tree.grow(0)
    (after,) = tree.leaves
    assert after.is_done
    assert after.value > before.value


def test_what_is_proven_otherwise_is_not_taken_for_what_the_prices_of_a_leaf_prove() -> None:
    whole, best = converged(three_of_which_two_fit())
    tree = FleetTree(whole, best + 100 * whole.pricing.vehicles.weight)
    by_prices = tree.root.value
    tree.root.value = best  # as a list of blocks would prove
    tree.require_level(2)
    (leaf,) = tree.leaves
    assert (leaf.value, leaf.by_prices) == (best, by_prices)


def test_a_split_whose_side_allows_no_fleet_ends_nothing() -> None:
    whole, best = converged(three_of_which_two_fit())
    tree = FleetTree(whole, best + 100 * whole.pricing.vehicles.weight)
    before = tree.root.value
    tree.leaves = [replace(tree.root, limits=tree.root.limits.at_level(2))]  # one side has one bus at most
    tree.grow(12)
    assert len(tree.leaves) == 2
    assert before <= tree.value <= best + 1e-6
    assert tree.enter_first(tree.leaves)


def test_a_leaf_whose_limits_contradict_each_other_is_not_entered() -> None:
    whole, best = converged(three_of_which_two_fit())
    tree = FleetTree(whole, best + 100 * whole.pricing.vehicles.weight)
    none, some = (np.full(len(tree.root.limits.least), number) for number in (0.0, 2.0))
    tree.leaves = [replace(tree.root, limits=FleetLimits(least=some, most=none))]
    before = tree.value
    assert not tree.enter_first(tree.leaves)
    tree.require_level(2)
    tree.finish()
    assert tree.value == before
    assert tree.leaves[0].row is None
