"""What is left between plan and bound is closed by lists of blocks: the best plan is found and proven."""

from dataclasses import replace

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.oracle import Optimum, try_everything
from tests.optimizer.parts.test_fleet_tree import three_of_which_two_fit
from tutti.fleet.problem import Problem
from tutti.optimizer.blocks.block_choice import Choice, choose_blocks
from tutti.optimizer.blocks.block_lp import BlockLP, BlockPrices, FleetLimits, WeighedBlock
from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation
from tutti.optimizer.blocks.fleet_tree import FleetTree, Leaf
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.listed_relaxation import ListedRelaxation
from tutti.optimizer.blocks.listed_search import ListedSearch
from tutti.optimizer.blocks.listed_tree import ListedTree
from tutti.optimizer.blocks.odd_sets import Together
from tutti.optimizer.blocks.weighing import blocks_of
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.model.arcs import NONE, Arcs
from tutti.optimizer.model.block_rules import BlockRules
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.stop import never

PAIRS = [WeighedBlock(0, (0, 1), 1.0), WeighedBlock(0, (1, 2), 1.0), WeighedBlock(0, (2, 0), 1.0)]


def programme(problem: Problem) -> FleetLP:
    arcs = Arcs.of(problem)
    return FleetLP(
        Cuts(arcs), Weights.without_depots(arcs), Vehicles.of(problem, arcs), seed=0, wants_stop=lambda: False
    )


def closed(problem: Problem) -> Search:
    """A search that begins with a bus for each trip, then has whole blocks bounded and listed."""
    search, lists = bounded(problem)
    lists.close()
    return search


def bounded(problem: Problem) -> tuple[Search, ListedSearch]:
    """A search that begins with a bus for each trip, then has whole blocks bounded; and what lists them."""
    lp = programme(problem)
    arcs, search = lp.weights.arcs, Search(problem, never, [])
    search.offer(arcs, [[trip] for trip in range(arcs.n)])
    blocks = BlockLP(lp, seed=0, wants_stop=lambda: False)
    blocks.add(blocks_of(lp, search.kinds, search.chains))
    pricing = BlockPricing.among(lp, np.arange(arcs.n), lambda: None, BlockRules())
    nothing = BlockPrices(np.zeros(arcs.n), np.zeros(len(lp.vehicles.amounts)))
    whole = BlockRelaxation(search, blocks, pricing, nothing, may_repeat=True)
    whole.converge(np.ones(arcs.n, dtype=bool), 200, lambda value, objective: objective < value + 0.05)
    tree = FleetTree(whole, whole.lp.objective + 1000)
    return search, ListedSearch(FleetRelaxation(search, lp), pricing, tree, seed=0)


@pytest.mark.parametrize("kind", ["wide", "cyclic", "compressed"])
@pytest.mark.parametrize("seed", range(12))
def test_the_best_plan_is_found_and_proven(kind: str, seed: int) -> None:
    problem = random_problem(kind, 8, seed)
    search = closed(problem)
    assert search.objective is not None
    assert Optimum(search.objective.buses, search.objective.deadhead_min) == try_everything(problem)
    assert search.is_proven


def test_a_set_of_trips_is_listed_once_in_its_cheapest_order() -> None:
    blocks = [WeighedBlock(0, (0, 1, 2), 5.0), WeighedBlock(0, (1, 0, 2), 4.0), WeighedBlock(0, (0, 1), 1.0)]
    other_kind = WeighedBlock(1, (0, 1, 2), 6.0)
    kept = ListedBlocks.of([*blocks, other_kind]).cheapest_of_each_set(3).weighed()
    assert sorted(block.cost for block in kept) == [1.0, 4.0, 6.0]


def test_a_block_is_found_in_another_list_by_its_kind_and_trips_in_any_order() -> None:
    listed = ListedBlocks.of([WeighedBlock(0, (0, 1), 1.0), WeighedBlock(0, (2,), 1.0), WeighedBlock(1, (0, 1), 1.0)])
    others = ListedBlocks.of([WeighedBlock(1, (1, 0), 2.0), WeighedBlock(0, (2, 0), 1.0)])
    assert listed.found_in(others, 3).tolist() == [2]


def test_a_list_begins_with_the_solution_that_its_prices_are_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutti.optimizer.blocks.listed_relaxation._FIRST", 0)
    lp = programme(three_of_which_two_fit())
    nothing = BlockPrices(np.zeros(3), np.zeros(len(lp.vehicles.amounts)))
    used = [WeighedBlock(0, (1, 0), 1.0), WeighedBlock(0, (2,), 1.0)]
    leaf = Leaf(0.0, 0, FleetLimits.of(lp), nothing, 0.0, None, 0.0, used, by_prices=0.0)
    listed, taken = ListedBlocks.of([*PAIRS, WeighedBlock(0, (2,), 1.0)]), list[ListedBlocks]()
    search = Search(three_of_which_two_fit(), never, [])
    relaxation = ListedRelaxation(search, listed, lp.vehicles, leaf, penalty=9.0, seed=0)
    relaxation.solve(np.array([0, 3]), taken.append)
    assert [block.trips for block in taken[0].weighed()] == [(0, 1), (2,)]
    assert search.rounds == 1


def lists_with_none_up_to_five_minutes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Lists for up to five minutes are empty, others too long; gets the minutes of each and how long it may be."""
    limits: list[tuple[int, int]] = []

    def all_below(pricing: BlockPricing, prices: BlockPrices, limit: float, most: int) -> ListedBlocks | None:
        limits.append((int(limit), most))
        return None if limit > 6 else ListedBlocks.of([])

    monkeypatch.setattr(BlockPricing, "all_below", all_below)
    return limits


def test_after_a_list_that_is_too_long_those_between_it_and_the_last_are_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = lists_with_none_up_to_five_minutes(monkeypatch)
    search = closed(random_problem("wide", 8, 0))
    assert [minutes for minutes, _ in limits] == [0, 1, 3, 9, 6, 4, 5]
    assert not search.is_proven


def test_lists_made_once_more_begin_where_the_others_ended_and_may_be_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = lists_with_none_up_to_five_minutes(monkeypatch)
    _, lists = bounded(random_problem("wide", 8, 0))
    lists.close()
    [*_, (_, at_first)] = limits
    limits.clear()
    lists.close()
    assert limits == [(6, 2 * at_first)]


@pytest.mark.parametrize(("most_trips", "is_longer"), [(8, True), (7, False)])
def test_a_list_that_closes_the_day_may_be_longer_than_others_if_there_are_few_trips(
    monkeypatch: pytest.MonkeyPatch, most_trips: int, is_longer: bool
) -> None:
    monkeypatch.setattr("tutti.optimizer.blocks.listed_search.MANY", most_trips)
    limits = lists_with_none_up_to_five_minutes(monkeypatch)
    _, lists = bounded(random_problem("wide", 8, 0))
    lists.close()
    others = {most for _, most in limits}
    limits.clear()
    _, lists = bounded(random_problem("wide", 8, 0))
    better = lists._tree.value
    monkeypatch.setattr(ListedSearch, "_better", lambda _: better)
    lists.close()
    (_, last), *_ = limits
    assert len(others) == 1
    assert (last > max(others)) is is_longer


def test_three_halves_of_pairs_break_the_inequality_of_their_trips() -> None:
    halves = Together.of(ListedBlocks.of(PAIRS).trips, np.full(3, 0.5))
    assert [trips.tolist() for trips in halves.violated_sets()] == [[0, 1, 2]]
    thirds = Together.of(ListedBlocks.of(PAIRS).trips, np.full(3, 1 / 3))
    assert thirds.violated_sets() == []


def test_that_inequality_takes_a_programme_from_half_a_bus_to_a_whole_one() -> None:
    lp = programme(three_of_which_two_fit())
    alone = [WeighedBlock(0, (trip,), 1.0) for trip in range(3)]
    nothing = BlockPrices(np.zeros(3), np.zeros(len(lp.vehicles.amounts)))
    leaf = Leaf(0.0, 0, FleetLimits.of(lp), nothing, 0.0, None, 0.0, [], by_prices=0.0)
    search, taken = Search(three_of_which_two_fit(), never, []), list[ListedBlocks]()
    listed = ListedBlocks.of([*PAIRS, *alone])
    relaxation = ListedRelaxation(search, listed, lp.vehicles, leaf, penalty=9.0, seed=0)
    relaxation.solve(np.arange(6), taken.append)
    assert relaxation.value == pytest.approx(1.5)
    relaxation.tighten(lambda: 9.0, taken.append, patience=1)
    assert relaxation.value == pytest.approx(2.0)
    assert sorted(trip for trip in taken[0].trips.ravel().tolist() if trip != NONE) == [0, 1, 2]


def odd_blocks(n: int, seed: int) -> ListedBlocks:
    """Each trip alone, and many of three trips: their programmes have fractions."""
    rng = np.random.default_rng(seed)
    threes = {tuple(sorted(rng.choice(n, 3, replace=False).tolist())) for _ in range(80)}
    alone = [WeighedBlock(0, (trip,), 40.0) for trip in range(n)]
    return ListedBlocks.of([*alone, *(WeighedBlock(0, trips, float(rng.integers(9, 30))) for trips in sorted(threes))])


@pytest.mark.parametrize("seed", [0, 3, 5, 7, 8, 9, 10, 12, 14, 15])
def test_deciding_on_pairs_of_trips_leaves_no_better_plan(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutti.optimizer.blocks.listed_tree._FEW", 0)  # blocks, among which HiGHS chooses
    n = 12
    problem = random_problem("wide", n, 0)
    lp, listed, costs = programme(problem), odd_blocks(n, seed), [1e4]
    nothing = BlockPrices(np.zeros(n), np.zeros(len(lp.vehicles.amounts)))
    leaf = Leaf(0.0, 0, FleetLimits.of(lp), nothing, 0.0, None, 0.0, [], by_prices=0.0)
    relaxation = ListedRelaxation(Search(problem, never, []), listed, lp.vehicles, leaf, penalty=1e4, seed=0)

    def take(blocks: ListedBlocks) -> None:
        costs.append(float(blocks.cost.sum()))

    before = np.inf
    while min(costs) < before:
        before = min(costs)
        together = relaxation.solve(np.arange(len(listed)), take)
        assert together is not None
        tree = ListedTree(relaxation, lambda: min(costs) - 0.5, take)
        tree.dive(together)
        tree.grow(500, iterations=40_000)
    best = choose_blocks(
        listed, lp.vehicles, leaf.limits, cover=np.zeros(n), nodes=1000, seed=0, wants_stop=lambda: False
    )
    assert min(costs) == pytest.approx(best.least)
    assert tree.value > min(costs) - 0.5


def test_blocks_are_chosen_by_what_they_weigh_more_than_they_are_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 12
    problem = random_problem("wide", n, 0)
    lp, listed = programme(problem), odd_blocks(n, 0)
    nothing = BlockPrices(np.zeros(n), np.zeros(len(lp.vehicles.amounts)))
    leaf = Leaf(0.0, 0, FleetLimits.of(lp), nothing, 0.0, None, 0.0, [], by_prices=0.0)
    dear = replace(listed, cost=listed.cost + 1e6 * (listed.trips != NONE).sum(axis=1))
    relaxation = ListedRelaxation(Search(problem, never, []), dear, lp.vehicles, leaf, penalty=1e8, seed=0)
    relaxation.solve(np.arange(len(dear)), lambda blocks: None)
    asked: list[float] = []

    def choose(blocks: ListedBlocks, *others: object, cover: np.ndarray, **options: object) -> Choice:
        asked.extend(blocks.losses(BlockPrices(cover, nothing.fleet), lp.vehicles))
        return Choice(None, 0.0)

    monkeypatch.setattr("tutti.optimizer.blocks.listed_relaxation.choose_blocks", choose)
    relaxation.choose(np.arange(len(dear)), 1)
    assert len(asked) == len(dear)
    assert np.abs(asked).max() < 1e5
