"""Where windows are so wide that the cheapest blocks go round in rings, others are found that do not."""

from dataclasses import replace

import numpy as np
import pytest

from tutti.fleet.generate import generate_day
from tutti.fleet.problem import Problem
from tutti.fleet.reading import read_day
from tutti.optimizer import solve, whole_fleet
from tutti.optimizer.blocks.block_lp import BlockPrices
from tutti.optimizer.blocks.block_pricing import BlockPricing, Repeats
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.block_length import BlockLength
from tutti.optimizer.model.block_rules import BlockRules
from tutti.optimizer.model.chains import first_break
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.progress import Progress

TRIPS = 40
FEWEST = 4  # buses
MOST_S = 60


def day_of_wide_windows(seed: int, minutes: int = 60, *, trips: int = TRIPS, types: bool = False) -> Problem:
    """Every trip may start up to so many minutes before it was asked for, and after."""
    problem = read_day(generate_day(trips, seed, types=types)).problem()
    wide = [
        replace(each, earliest_min=each.asked_min - minutes, latest_min=each.asked_min + minutes)
        for each in problem.trips
    ]
    return replace(problem, trips=tuple(wide))


class AllConnections:
    """Pricing over all connections of a day, at prices at which a bus pays with two trips."""

    def __init__(self, problem: Problem, longest_min: int | None = None) -> None:
        self.arcs = Arcs.of(problem)
        self.vehicles = Vehicles.of(problem, self.arcs)
        self.lp = FleetLP(
            Cuts(self.arcs), Weights.without_depots(self.arcs), self.vehicles, seed=0, wants_stop=lambda: False
        )
        dear = 0.9 * self.vehicles.weight * float(self.vehicles.fixed.min())
        self.prices = BlockPrices(np.full(TRIPS, dear), np.zeros(len(self.vehicles.amounts)))
        self.length = None if longest_min is None else BlockLength(self.arcs, self.vehicles, longest_min)
        rules = BlockRules(self.length)
        self.pricing = BlockPricing.among(self.lp, np.arange(TRIPS), lambda: None, rules)


@pytest.mark.parametrize("types", [False, True])
@pytest.mark.parametrize("longest_min", [None, 300])
def test_blocks_are_found_that_run_no_trip_twice(*, types: bool, longest_min: int | None) -> None:
    day = AllConnections(day_of_wide_windows(1, 150, types=types), longest_min)
    is_open = np.arange(TRIPS) % 5 > 0
    left_out, found = (
        day.pricing.cheapest(day.prices, is_open, disjoint=False, repeats=repeats)
        for repeats in (Repeats.LEFT_OUT, Repeats.AVOIDED)
    )
    assert left_out.blocks == []
    assert found.missing == left_out.missing
    assert len(found.blocks) > TRIPS // 4
    losses = day.prices.losses(day.vehicles, found.blocks)
    assert (np.diff(losses) >= -1e-6).all()
    assert losses.max() < 0
    for block in found.blocks:
        assert not block.repeats
        assert first_break(day.arcs, block.trips) is None
        assert is_open[list(block.trips)].all()
        assert day.vehicles.able[block.kind, list(block.trips)].all()
    assert day.pricing.allowed(found.blocks) == found.blocks


def test_labels_keep_the_cheapest_where_nothing_goes_round() -> None:
    """Windows of ten minutes hold no ring, so what labels keep are the cheapest of all."""
    day = AllConnections(read_day(generate_day(TRIPS, 1)).problem())
    is_open = np.ones(TRIPS, dtype=bool)
    exact = day.pricing.cheapest(day.prices, is_open, disjoint=False).blocks
    kept = day.pricing._simple(day.pricing._priced(day.prices, is_open))
    assert [block.cost for block in kept] == pytest.approx([block.cost for block in exact])


@pytest.mark.parametrize("seed", [1, 3])
def test_a_dive_finds_the_fewest_buses_where_windows_are_wide(seed: int) -> None:
    def enough(progress: Progress) -> str | None:
        has_few = progress.objective.buses == progress.bound.buses
        return "few" if has_few or progress.seconds > MOST_S else None

    result = solve(day_of_wide_windows(seed), stop=enough)
    assert result.certificate.stop_reason == "few"
    assert result.certificate.objective is not None
    assert result.certificate.objective.buses == FEWEST


def test_a_large_day_far_from_its_bound_is_planned_in_parts_before_it_is_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whole_fleet, "_TOO_MANY", 140)  # fewer are planned as a whole first
    rounds: dict[str, set[int]] = {}

    def until_parts(progress: Progress) -> str | None:
        rounds.setdefault(progress.phase, set()).add(progress.rounds)
        return "parts" if progress.phase == "parts" or progress.seconds > MOST_S else None

    solve(day_of_wide_windows(1, trips=140), stop=until_parts)
    assert "parts" in rounds
    assert len(rounds.get("columns", ())) <= 1
