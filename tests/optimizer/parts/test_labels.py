"""Pricing by labels finds the cheapest block of all, and the projected prices leave none to find."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.oracle import drivable_chains
from tutti.fleet.problem import Problem
from tutti.optimizer.blocks.labels import Labels
from tutti.optimizer.blocks.priced import Priced, price, price_within
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.signals import Stopped
from tutti.optimizer.state.stop import never

KINDS = ["narrow", "wide", "cyclic", "huge", "still"]


def travel_min(problem: Problem, chain: Sequence[int]) -> int:
    trips = [problem.trips[number] for number in chain]
    return sum(problem.travel.minutes(before.destination, after.origin) for before, after in pairwise(trips))


def at_random_prices(problem: Problem, seed: int) -> tuple[Priced, Callable[[Sequence[int]], float]]:
    """The labels of a problem at prices of its trips and of their places, and the reduced cost of a block by itself."""
    arcs = Arcs.of(problem)
    tail, head = np.nonzero(arcs.travel < NO_ARC)
    labels = Labels(arcs, np.arange(arcs.n), tail, head, arcs.travel[tail, head].astype(float), poll=lambda: None)
    worth = np.random.default_rng(seed).uniform(0, 40, arcs.n)
    begin, finish = np.random.default_rng(seed).uniform(0, 30, (2, arcs.n))

    def value(chain: Sequence[int]) -> float:
        return float(begin[chain[0]] + travel_min(problem, chain) + finish[chain[-1]] - worth[list(chain)].sum())

    return price(labels, begin, -worth, finish), value


def test_making_labels_can_be_left_between_its_steps() -> None:
    """There can be millions of moves; a solver that is told to end must not finish all of them first."""
    arcs = Arcs.of(random_problem("wide", 6, 0))
    tail, head = np.nonzero(arcs.travel < NO_ARC)
    cost = arcs.travel[tail, head].astype(float)
    asked = 0

    def leave_at_third() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        Labels(arcs, np.arange(arcs.n), tail, head, cost, poll=leave_at_third)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_labels_find_the_cheapest_of_all_blocks(kind: str, seed: int) -> None:
    problem = random_problem(kind, 6, seed)
    priced, value = at_random_prices(problem, seed)
    cost = float(priced.by_last().min())
    least = min(map(value, drivable_chains(problem)))
    assert cost <= least + 1e-9  # a block of labels may run a trip twice, so it can be cheaper than any real one
    (chain,) = priced.walked_back(np.argsort(priced.by_last())[:1])
    if len(set(chain)) == len(chain):
        assert tuple(chain) in set(drivable_chains(problem))
        assert cost == pytest.approx(value(chain))
        assert cost == pytest.approx(least)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_no_block_is_cheaper_than_the_projected_prices_of_its_trips(kind: str, seed: int) -> None:
    problem = random_problem(kind, 7, seed)
    arcs = Arcs.of(problem)
    weights, vehicles = Weights.without_depots(arcs), Vehicles.of(problem, arcs)
    search = Search(problem, never, [])
    search.offer(arcs, [[trip] for trip in range(arcs.n)])
    relaxation = FleetRelaxation(search, FleetLP(Cuts(arcs), weights, vehicles, seed=0, wants_stop=lambda: False))
    relaxation.converge()
    projected, _ = relaxation.projected()
    for chain in drivable_chains(problem):
        trips = np.array(chain)
        cost = vehicles.start_cost()[0, trips[0]] + (weights.of(trips[:-1], trips[1:]) / weights.scale).sum()
        assert cost >= projected[trips].sum() - 1e-6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_all_blocks_below_a_reduced_cost_are_found_and_no_others(kind: str, seed: int) -> None:
    problem = random_problem(kind, 6, seed)
    priced, value = at_random_prices(problem, seed)
    limit = sorted(map(value, drivable_chains(problem)))[:20][-1] + 1e-9
    found = priced.all_below(np.arange(6), limit, 100_000)
    assert found is not None
    assert {tuple(trip for trip in row if trip != NONE) for row in found.tolist()} == {
        tuple(chain) for chain in drivable_chains(problem) if value(chain) <= limit
    }


@pytest.mark.parametrize("seed", range(20))
def test_labels_of_a_part_of_the_day_find_the_cheapest_blocks_that_lie_within_it(seed: int) -> None:
    problem = random_problem("narrow", 6, seed)
    priced, value = at_random_prices(problem, seed)
    earliest = np.array([trip.earliest_min for trip in problem.trips])
    middle = int(np.median(earliest))
    begin = np.maximum(earliest, middle + np.random.default_rng(seed).integers(-60, 200, 6))  # pull-outs differ
    last = np.full(6, middle + 90)
    labels = priced.labels
    (part,) = price_within(labels, [labels.within(begin, last)], priced.begin, priced.own, priced.finish)

    def lies_within(chain: Sequence[int]) -> bool:
        start = int(begin[chain[0]])
        for before, after in pairwise(chain):
            ready = start + problem.trips[before].duration_min + travel_min(problem, (before, after))
            if start > problem.trips[before].latest_min:
                return False
            start = max(ready, problem.trips[after].earliest_min)
        return start <= min(problem.trips[chain[-1]].latest_min, middle + 90)

    cost = part.by_last()
    for end in range(6):
        chains = [chain for chain in drivable_chains(problem) if chain[-1] == end and lies_within(chain)]
        assert cost[end] == pytest.approx(min(map(value, chains), default=np.inf))
    reached = np.flatnonzero(np.isfinite(cost))
    for end, chain in zip(reached.tolist(), part.walked_back(reached), strict=True):
        assert lies_within(chain)
        assert value(chain) == pytest.approx(cost[end])


def test_more_blocks_below_a_reduced_cost_than_asked_for_are_none() -> None:
    arcs = Arcs.of(random_problem("wide", 6, 0))
    tail, head = np.nonzero(arcs.travel < NO_ARC)
    labels = Labels(arcs, np.arange(arcs.n), tail, head, arcs.travel[tail, head].astype(float), poll=lambda: None)
    nothing = np.zeros(arcs.n)
    assert price(labels, nothing, nothing, nothing).all_below(np.arange(6), 1e9, 3) is None
