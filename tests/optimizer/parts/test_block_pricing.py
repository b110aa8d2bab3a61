"""Of many trips pricing finds blocks that complete each other, of few the cheapest."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tutti.fleet.blocks import BlockLimits
from tutti.fleet.generate import generate_day
from tutti.fleet.reading import read_day
from tutti.optimizer.blocks.block_lp import BlockPrices, WeighedBlock
from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.nearness import LARGEST_PART
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.block_rules import BlockRules
from tutti.optimizer.model.chains import first_break
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights

TRIPS = 300
NO_LIMITS = BlockLimits()


def pricing_of_a_day(
    width_min: int | None = None,
    step_min: int = 1,
    poll: Callable[[], None] = lambda: None,
    limits: BlockLimits = NO_LIMITS,
) -> tuple[BlockPricing, BlockPrices]:
    """All connections of a day, and prices at which a bus pays with two trips.

    width_min: of all windows, if they are not as made up.
    """
    problem = read_day(generate_day(TRIPS, 1)).problem()
    if width_min is not None:
        wide = (replace(trip, latest_min=trip.earliest_min + width_min) for trip in problem.trips)
        problem = replace(problem, trips=tuple(wide))
    arcs = Arcs.of(problem)
    vehicles = Vehicles.of(problem, arcs)
    lp = FleetLP(Cuts(arcs), Weights.without_depots(arcs), vehicles, seed=0, wants_stop=lambda: False)
    prices = BlockPrices(np.full(TRIPS, 0.6 * vehicles.weight), np.zeros(len(vehicles.amounts)))
    tail, head = np.nonzero(arcs.travel < NO_ARC)
    links = [(tail, head)] * vehicles.size
    rules = BlockRules.of(limits, arcs, vehicles)
    return BlockPricing(lp, np.arange(TRIPS), links, poll, rules, step_min=step_min), prices


def test_a_solve_can_be_stopped_while_a_list_is_held_to_the_rules_about_blocks() -> None:
    polls: list[int] = []
    pricing, prices = pricing_of_a_day(poll=lambda: polls.append(1), limits=BlockLimits(break_after_min=1440))
    polls.clear()
    listed = pricing.all_below(prices, -4.4 * pricing.vehicles.weight, 200_000)
    assert listed is not None
    assert len(listed) > 10_000
    assert len(polls) > len(listed) / 5_000


def times_each_trip_is_in(blocks: list[WeighedBlock]) -> list[int]:
    """How many of the blocks hold each trip."""
    times = Counter(trip for block in blocks for trip in block.trips)
    return [times[trip] for trip in range(TRIPS)]


def test_without_a_trip_in_common_nearly_a_plan_is_found_at_a_time() -> None:
    pricing, prices = pricing_of_a_day()
    times = times_each_trip_is_in(pricing.cheapest(prices, np.ones(TRIPS, dtype=bool), disjoint=True).blocks)
    assert max(times) == 1
    assert times.count(1) > 0.9 * TRIPS


def test_the_cheapest_blocks_of_open_trips_may_be_much_alike() -> None:
    pricing, prices = pricing_of_a_day()
    is_open = np.arange(TRIPS) % 3 == 0
    times = times_each_trip_is_in(pricing.only(is_open).cheapest(prices, is_open, disjoint=False).blocks)
    assert max(times) > 1
    assert sum(times[1::3]) + sum(times[2::3]) == 0


def test_blocks_whose_trips_start_every_few_minutes_are_found_with_fewer_moves_and_can_be_driven() -> None:
    exact, prices = pricing_of_a_day(width_min=60)
    pricing, _ = pricing_of_a_day(width_min=60, step_min=4)
    assert pricing.moves < 0.3 * exact.moves
    blocks = pricing.cheapest(prices, np.ones(TRIPS, dtype=bool), disjoint=True).blocks
    assert sum(len(block.trips) for block in blocks) > TRIPS / 2
    arcs = pricing._lp.weights.arcs
    assert all(first_break(arcs, block.trips) is None for block in blocks)


def test_few_trips_start_at_any_minute() -> None:
    few = np.arange(TRIPS) < LARGEST_PART
    exact, stepped = (pricing_of_a_day(width_min=60, step_min=step_min)[0].only(few) for step_min in (1, 4))
    assert stepped.moves == exact.moves
