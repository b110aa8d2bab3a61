"""A dive over blocks opens some of them again where its last trips go together badly."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tutti.fleet.generate import generate_day
from tutti.fleet.reading import read_day
from tutti.optimizer import stages, whole_fleet
from tutti.optimizer.blocks import block_dive
from tutti.optimizer.blocks.block_dive import GAIN, BlockDive
from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation
from tutti.optimizer.blocks.nearness import Nearness
from tutti.optimizer.planning import plan_day


def first_dive(monkeypatch: pytest.MonkeyPatch, seed: int) -> float:
    """What the first dive over blocks comes to, on a day of 40 routes, four types of buses and wide windows."""
    costs: list[float] = []
    run = BlockDive.run

    def watched(dive: BlockDive, share: float) -> list[WeighedBlock] | None:
        found = run(dive, share)
        costs.append(np.inf if found is None else sum(block.cost for block in found))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(BlockDive, "run", watched)
        patched.setattr(stages, "with_needed_types", lambda problem: problem)  # most such days need three of them
        patched.setattr(whole_fleet, "relink_at_fixed_times", lambda *_: None)  # from a better plan less is lost
        plan_day(read_day(generate_day(40, seed, types=True, wide=True)), stop=lambda _: "enough" if costs else None)
    return costs[0]


def test_a_dive_that_would_lose_at_its_last_trips_opens_blocks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = [20, 46, 61, 71, 80, 90, 96]
    again = np.array([first_dive(monkeypatch, seed) for seed in seeds])
    monkeypatch.setattr(block_dive, "_TIMES", 0)
    once = np.array([first_dive(monkeypatch, seed) for seed in seeds])
    assert (again <= once).all()
    assert (again < once).sum() > 3


def test_blocks_that_are_opened_again_can_be_chosen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are forgotten on the way down, when their trips are in blocks that were fixed."""
    missing: list[bool] = []
    open_again = BlockDive._open_again

    def watched(dive: BlockDive, standing: tuple[list[WeighedBlock], NDArray[np.bool_]]) -> None:
        open_again(dive, standing)
        known = {block.trips for block in dive._dive.lp.blocks}
        opened = [block for block in standing[0] if dive._is_open[list(block.trips)].all()]
        missing.extend(block.trips not in known for block in opened)

    monkeypatch.setattr(BlockDive, "_open_again", watched)
    for seed in (20, 61, 90):
        first_dive(monkeypatch, seed)
    assert len(missing) > 5
    assert not any(missing)


@pytest.mark.parametrize("seed", [20, 61])
def test_a_dive_knows_what_it_loses_within_a_fiftieth_of_what_may_be_lost(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    sure: list[bool] = []
    solve = BlockDive._solve

    def watched(dive: BlockDive, most: float) -> float:
        cost = solve(dive, most)
        if np.isfinite(cost):  # else nothing below `most` is left
            value, objective = dive._dive.value, dive._dive.lp.objective
            assert value < objective + GAIN
            is_near = objective - value < 0.02 * (most - cost + objective - value) + GAIN
            lacking = dive._dive.pricing.cheapest(dive._dive.lp.prices, dive._is_open, disjoint=False).blocks
            sure.append(is_near or not dive._dive.add_missing(lacking))
        return cost

    monkeypatch.setattr(BlockDive, "_solve", watched)
    first_dive(monkeypatch, seed)
    assert len(sure) > 5
    assert all(sure)


@pytest.mark.parametrize(("many", "is_known"), [(0, True), (40, False)])
def test_what_the_best_prices_prove_is_known_before_the_rounds_where_many_trips_are_open(
    monkeypatch: pytest.MonkeyPatch, many: int, is_known: bool
) -> None:
    known: list[bool] = []
    converge = BlockRelaxation.converge

    def watched(whole: BlockRelaxation, *args: Any) -> None:
        if not whole.may_repeat:  # a dive
            known.append(np.isfinite(whole.value))
        converge(whole, *args)

    monkeypatch.setattr(block_dive, "_MANY", many)
    monkeypatch.setattr(BlockRelaxation, "converge", watched)
    first_dive(monkeypatch, 20)
    assert known[-1] == is_known


def blocks_of_two(count: int) -> Sequence[WeighedBlock]:
    return [WeighedBlock(0, (2 * number, 2 * number + 1), 1.0) for number in range(count)]


def test_blocks_that_cheap_connections_join_are_opened_first_and_never_all() -> None:
    blocks = blocks_of_two(6)
    trips = np.zeros(13, dtype=bool)
    trips[12] = True
    nearness = Nearness(tail=np.array([12, 7, 0]), head=np.array([7, 4, 9]))  # to block 3, from there to 2; 0 to 4
    chosen = nearness.around(trips, blocks, np.ones(6))
    assert chosen[[3, 2]].all()
    assert chosen.sum() == 3  # seven of thirteen trips: nine would be more than 60 %


def test_a_block_whose_trips_are_planned_anew_is_chosen_with_its_neighbours() -> None:
    blocks = blocks_of_two(6)
    trips = np.zeros(12, dtype=bool)
    trips[[4, 5]] = True
    chosen = Nearness(tail=np.array([5]), head=np.array([10])).around(trips, blocks, np.ones(6))
    assert chosen[[2, 5]].all()
    assert chosen.sum() == 3


def test_parts_of_long_blocks_have_more_trips() -> None:
    """Of twelve blocks one can hardly be saved, but 120 trips of such blocks are no more."""
    blocks = [WeighedBlock(0, tuple(range(10 * number, 10 * number + 10)), 1.0) for number in range(30)]
    nowhere = np.zeros(0, dtype=np.int64)
    chosen = Nearness(tail=nowhere, head=nowhere).around(np.zeros(300, dtype=bool), blocks, np.ones(30))
    assert chosen.sum() == 15
