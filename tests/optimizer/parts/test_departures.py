"""Pricing of blocks that may take so long at most finds all that are short enough, and proves nothing beyond them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.oracle import drivable_chains, keeps_limits
from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.problem import Problem
from tutti.optimizer.blocks.block_lp import BlockPrices
from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.departures import Departures
from tutti.optimizer.blocks.labels import Labels
from tutti.optimizer.blocks.weighing import blocks_of
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs, Floats, Ints
from tutti.optimizer.model.block_length import BlockLength
from tutti.optimizer.model.block_rules import BlockRules
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights

TRIPS = 6
KINDS = ["narrow", "compressed"]  # of no such day a block of labels runs a trip twice


def day(kind: str, seed: int) -> Problem:
    return replace(random_problem(kind, TRIPS, seed), depots=(Depot("D", 0),))


class Pricing:
    """All connections of a day, at random prices of its trips, and the blocks that are short enough by brute force."""

    def __init__(self, problem: Problem, longest_min: int, seed: int) -> None:
        arcs = Arcs.of(problem)
        vehicles = Vehicles.of(problem, arcs)
        self.lp = FleetLP(Cuts(arcs), Weights.without_depots(arcs), vehicles, seed=0, wants_stop=lambda: False)
        self.blocks = BlockPricing.among(
            self.lp, np.arange(TRIPS), lambda: None, BlockRules(BlockLength(arcs, vehicles, longest_min))
        )
        worth = np.random.default_rng(seed).uniform(0.2, 1, TRIPS) * vehicles.weight
        self.prices = BlockPrices(worth, np.zeros(len(vehicles.amounts)))
        pulls = {chain: int(vehicles.pulls_min(chain[0], chain[-1])[0]) for chain in drivable_chains(problem)}
        limited = replace(problem, limits=BlockLimits(longest_min))
        self.short = [chain for chain, minutes in pulls.items() if keeps_limits(limited, chain, 0, minutes)]

    def reduced_costs(self) -> Floats:
        """Of the blocks that are short enough."""
        return self.prices.losses(self.lp.vehicles, blocks_of(self.lp, np.zeros(len(self.short), int), self.short))


def alone_min(problem: Problem) -> int:
    """What the longest trip takes by itself, depot to depot."""
    pulls = [
        problem.pull_out_min(problem.depots[0], each) + problem.pull_in_min(each, problem.depots[0])
        for each in problem.trips
    ]
    return max(trip.duration_min + pull for trip, pull in zip(problem.trips, pulls, strict=True))


@pytest.mark.parametrize("more_min", [0, 10, 25, 60, 400])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_the_cheapest_block_that_is_short_enough_is_found(kind: str, seed: int, more_min: int) -> None:
    problem = day(kind, seed)
    pricing = Pricing(problem, alone_min(problem) + more_min, seed)
    found = pricing.blocks.cheapest(pricing.prices, np.ones(TRIPS, dtype=bool), disjoint=False)
    costs = pricing.reduced_costs()
    assert {block.trips for block in found.blocks} <= set(pricing.short)
    least = dict.fromkeys(range(TRIPS), 0.0)
    for chain, cost in zip(pricing.short, costs.tolist(), strict=True):
        least[chain[-1]] = min(least[chain[-1]], cost)
    assert found.missing <= sum(least.values()) + 1e-6
    assert bool(found.blocks) == bool((costs < -1e-6).any())
    if not found.blocks:  # each interval that seemed to hold one was split down to single minutes
        assert found.missing == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("more_min", [0, 25, 60])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_all_blocks_that_are_short_enough_are_listed_and_no_others(kind: str, seed: int, more_min: int) -> None:
    problem = day(kind, seed)
    pricing = Pricing(problem, alone_min(problem) + more_min, seed)
    limit = float(np.sort(pricing.reduced_costs())[:12][-1]) + 1e-6
    listed = pricing.blocks.all_below(pricing.prices, limit, 10_000)
    assert listed is not None
    found = [frozenset(trip for trip in row if trip != NONE) for row in listed.trips.tolist()]
    below = {
        frozenset(chain) for chain, cost in zip(pricing.short, pricing.reduced_costs(), strict=True) if cost <= limit
    }
    assert len(found) == len(set(found))
    assert set(found) == below


def departures(problem: Problem, longest_min: int) -> Departures:
    arcs = Arcs.of(problem)
    tail, head = np.nonzero(arcs.travel < NO_ARC)
    trips = np.arange(arcs.n)
    labels = Labels(arcs, trips, tail, head, np.zeros(len(tail)), poll=lambda: None)
    return Departures(BlockLength(arcs, Vehicles.of(problem, arcs), longest_min), labels, np.zeros_like(trips), trips)


def first_begins(intervals: Sequence[Ints]) -> list[int]:
    return [int(begin.min()) for begin in intervals]


def test_intervals_are_split_down_to_single_minutes() -> None:
    parts = departures(day("narrow", 1), 60)
    before = len(parts.intervals())
    while parts.split(range(len(parts.intervals()))):
        pass
    assert len(parts.intervals()) > before
    assert not parts.split(range(len(parts.intervals())))
    begins = [within.begin for within in parts.intervals()]
    assert all(after - first <= 1 for first, after in zip(first_begins(begins), first_begins(begins)[1:], strict=False))


def test_a_day_that_is_short_enough_as_a_whole_is_one_interval() -> None:
    assert len(departures(day("narrow", 1), 2880).intervals()) == 1
