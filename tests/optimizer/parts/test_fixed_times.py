"""Links chosen anew at fixed times: plans that windows allow, never worse, and better where there is room."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.oracle import Optimum, try_everything
from tutti.fleet.blocks import Depot
from tutti.fleet.generate import generate_day
from tutti.fleet.problem import Problem
from tutti.fleet.reading import read_day
from tutti.fleet.rules import check
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.links.fixed_times import (
    near_connections,
    relink_at_fixed_times,
    relinked,
    starts_within,
)
from tutti.optimizer.links.fleet_size import relax_windows
from tutti.optimizer.model.arcs import NO_ARC, Arcs, Ints
from tutti.optimizer.model.assignment import level_and_deadhead
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.stop import never


def wide_problem(trips: int, seed: int, kind: str = "wide", window_min: int = 60) -> Problem:
    """A problem whose windows all have so many minutes."""
    problem = random_problem(kind, trips, seed)
    each = (replace(trip, latest_min=trip.earliest_min + window_min) for trip in problem.trips)
    return replace(problem, trips=tuple(each))


def search_of(problem: Problem) -> tuple[Search, Arcs, Vehicles]:
    arcs = Arcs.of(problem)
    search = Search(problem, never, [])
    search.offer(arcs, [[trip] for trip in range(arcs.n)])
    return search, arcs, Vehicles.of(problem, arcs)


def improved(problem: Problem) -> Search:
    """From a bus for each trip."""
    search, arcs, vehicles = search_of(problem)
    relink_at_fixed_times(search, arcs, vehicles, seed=0, gap=0.0)
    assert search.plan is not None
    assert check(problem, search.plan) == []
    return search


@pytest.mark.parametrize("kind", ["wide", "cyclic", "compressed"])
@pytest.mark.parametrize("seed", range(6))
def test_plans_of_small_days_get_better_and_never_better_than_the_best(kind: str, seed: int) -> None:
    problem = wide_problem(8, seed, kind)
    found = improved(problem).objective
    assert found is not None
    assert try_everything(problem) <= Optimum(found.buses, found.deadhead_min) < Optimum(8, 0)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("fixed_cost", [1, 20, 500])
def test_a_round_keeps_kinds_counts_and_times_and_loses_nothing(seed: int, fixed_cost: int) -> None:
    problem = wide_problem(14, seed)
    trips = tuple(replace(trip, seats=20 + 20 * (number % 2)) for number, trip in enumerate(problem.trips))
    small = VehicleType("small", 20, fixed_cost, count=3, deadhead_cost_per_min=1)
    large = VehicleType("large", 40, 2 * fixed_cost, deadhead_cost_per_min=2)
    depots = (Depot("yard", problem.trips[0].origin),) if seed % 2 else ()
    problem = replace(problem, trips=trips, vehicle_types=(small, large), depots=depots)
    arcs = Arcs.of(problem)
    vehicles = Vehicles.of(problem, arcs)
    search = Search(problem, never, [])
    search.offer(arcs, [[trip] for trip in range(14)])
    small_buses = [list(chain) for chain in chains_of_small(arcs)]
    chains = [*small_buses, *([trip] for trip in range(14) if not any(trip in chain for chain in small_buses))]
    kinds = np.array([0] * len(small_buses) + [1] * (len(chains) - len(small_buses)))
    rng = np.random.default_rng(seed)
    near = near_connections(search, arcs, vehicles)
    for _ in range(5):
        before, kind_of = level_and_deadhead(arcs, vehicles, chains, kinds), kinds_of_trips(chains, kinds)
        starts = starts_within(arcs, chains, rng)
        assert ((arcs.earliest <= starts) & (starts <= arcs.latest)).all()
        noisy = relinked(arcs, vehicles, near, starts, (chains, kinds), more_min=rng.integers(0, 9, len(near[0])))
        chains, kinds = relinked(arcs, vehicles, near, starts, (chains, kinds))
        for found, kinds_found in (noisy, (chains, kinds)):
            links = np.array([link for chain in found for link in pairwise(chain)], dtype=np.int64).reshape(-1, 2)
            tail, head = links.T
            assert (starts[tail] + arcs.duration[tail] + arcs.travel[tail, head] <= starts[head]).all()
            assert kinds_of_trips(found, kinds_found) == kind_of
            assert (kinds_found == 0).sum() <= 3
        assert level_and_deadhead(arcs, vehicles, chains, kinds) <= before


def chains_of_small(arcs: Arcs) -> list[tuple[int, int]]:
    """Three pairs of trips with 20 passengers that can follow each other."""
    pairs: list[tuple[int, int]] = []
    for tail, head in zip(*np.nonzero(arcs.travel[::2, ::2] < NO_ARC), strict=True):
        pair = (2 * int(tail), 2 * int(head))
        if pair[0] != pair[1] and not {*pair} & {trip for each in pairs for trip in each} and len(pairs) < 3:
            pairs.append(pair)
    return pairs


def kinds_of_trips(chains: list[list[int]], kinds: Ints) -> dict[int, int]:
    return {trip: kind for chain, kind in zip(chains, kinds.tolist(), strict=True) for trip in chain}


def test_no_more_buses_of_a_type_are_used_than_there_are() -> None:
    problem = wide_problem(12, 1)
    types = (VehicleType("cheap", 100, 1, count=2), VehicleType("dear", 100, 50))
    search = improved(replace(problem, vehicle_types=types))
    assert search.plan is not None
    assert sum(block.vehicle_type == "cheap" for block in search.plan.blocks) == 2


def test_buses_stay_that_cost_less_than_the_deadhead_without_them() -> None:
    problem = wide_problem(12, 1)
    dear, cheap = (VehicleType("bus", 100, cost, deadhead_cost_per_min=1) for cost in (1000, 1))
    few, many = (improved(replace(problem, vehicle_types=(bus,))).objective for bus in (dear, cheap))
    assert few is not None
    assert many is not None
    assert (few.buses, many.deadhead_min) < (many.buses, few.deadhead_min)


def test_pull_outs_and_pull_ins_are_saved_too() -> None:
    problem = wide_problem(12, 1)
    problem = replace(problem, depots=(Depot("yard", problem.trips[0].origin),))
    search, arcs, vehicles = search_of(problem)
    relink_at_fixed_times(search, arcs, vehicles, seed=0, gap=0.0)
    assert search.plan is not None
    assert check(problem, search.plan) == []
    without = Weights.of_nearest_depots(arcs, vehicles)
    assert search.plan.objective.deadhead_min == without.deadhead_min(search.chains)
    assert search.plan.objective.deadhead_min < int(without.alone_min.sum())


@pytest.mark.parametrize(("widest_min", "has_room"), [(60, True), (59, False)])
def test_windows_that_leave_little_room_on_average_are_left_to_other_stages(widest_min: int, *, has_room: bool) -> None:
    problem = wide_problem(8, 0)
    widths = [widest_min, 60, 60, 20, 0, 0, 0, 0]
    trips = (
        replace(trip, latest_min=trip.earliest_min + width) for trip, width in zip(problem.trips, widths, strict=True)
    )
    found = improved(replace(problem, trips=tuple(trips))).objective
    assert found is not None
    assert (found.buses < 8) == has_room


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_connections_that_seem_longer_by_chance_lead_on_from_where_others_end(seed: int) -> None:
    day = generate_day(100, seed)
    day["options"]["windows"] = {"entry": [-60, 60], "exit": [-60, 60]}
    search, arcs, vehicles = search_of(read_day(day).problem())
    ends = []
    for noise_min in (0, 2):
        relink_at_fixed_times(search, arcs, vehicles, seed=0, gap=0.0, idle=150, noise_min=noise_min)
        assert search.objective is not None
        ends.append((search.objective.buses, search.objective.deadhead_min))
    assert ends[1] < ends[0]


def test_a_flow_cut_where_windows_break_it_gets_much_better_where_they_are_wide() -> None:
    day = generate_day(60, 1, types=True)
    day["options"]["windows"] = {"entry": [-30, 30], "exit": [-30, 30]}
    problem = read_day(day).problem()
    search, arcs, vehicles = search_of(problem)
    relax_windows(search, arcs, Weights.without_depots(arcs))
    assert search.objective is not None
    before = search.objective.first_level
    relink_at_fixed_times(search, arcs, vehicles, seed=0, gap=0.0)
    assert search.objective.first_level < 0.9 * before
