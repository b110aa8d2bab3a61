"""Parts of a plan are planned anew, for no less than is proven of what the whole costs."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tests.optimizer.parts.test_listed_search import programme
from tutti.fleet.generate import generate_day
from tutti.fleet.problem import Problem
from tutti.fleet.reading import read_day
from tutti.optimizer.blocks import block_search, bounded_day
from tutti.optimizer.blocks.block_dive import Part
from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation, is_close
from tutti.optimizer.blocks.block_search import BlockSearch
from tutti.optimizer.blocks.fleet_tree import FleetTree
from tutti.optimizer.blocks.listed_search import ListedSearch
from tutti.optimizer.blocks.parts import improve_parts
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.simplex import InfeasibleError
from tutti.optimizer.state.stop import never


def a_bus_for_each_of(problem: Problem) -> FleetRelaxation:
    lp = programme(problem)
    arcs, search = lp.weights.arcs, Search(problem, never, [])
    search.offer(arcs, [[trip] for trip in range(arcs.n)])
    lp.add_arcs(*np.zeros((3, 0), dtype=np.int64))
    return FleetRelaxation(search, lp)


def a_bus_for_each_trip() -> tuple[Search, BlockSearch]:
    relaxation = a_bus_for_each_of(random_problem("wide", 30, 0))
    relaxation.solve()
    return relaxation.search, BlockSearch(relaxation, seed=0)


def test_a_part_of_a_small_day_leaves_a_third_of_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    search, blocks = a_bus_for_each_trip()
    sizes = []

    def plan_part(part: list[WeighedBlock]) -> bool:
        sizes.append(sum(len(block.trips) for block in part))
        return False

    monkeypatch.setattr(blocks, "plan_part", plan_part)
    improve_parts(search, blocks, seed=0, idle=5)
    assert len(sizes) == 5
    assert max(sizes) <= 2 * blocks.trips / 3


def test_of_a_plan_far_from_its_bound_only_a_lower_level_is_a_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    search, blocks = a_bus_for_each_trip()
    planned = []

    def plan_part(part: list[WeighedBlock]) -> bool:
        planned.append(len(part))
        return True  # deadhead

    monkeypatch.setattr(blocks, "plan_part", plan_part)
    improve_parts(search, blocks, seed=0, idle=5, gap=0.01)
    assert len(planned) == 5


def test_parts_end_when_the_level_is_near_enough_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    search, blocks = a_bus_for_each_trip()
    assert search.level_gap > 0.5
    monkeypatch.setattr(blocks, "plan_part", lambda part: search.prove_level(20))
    improve_parts(search, blocks, seed=0, idle=5, gap=0.5)
    assert search.level_gap == pytest.approx(1 / 3)


def test_a_part_and_the_other_blocks_must_cost_what_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    search, blocks = a_bus_for_each_trip()
    search.prove_level(24)
    least: list[float] = []

    def converge(whole: BlockRelaxation, *_: object) -> None:
        least.append(whole.lp.limits.least[-1])
        whole.lp.solve()

    monkeypatch.setattr(BlockRelaxation, "converge", converge)
    blocks.plan_part(blocks.incumbent()[:20])
    assert set(least) == {24}  # in its dive, too


def test_a_dive_ends_where_the_buses_left_can_t_cost_what_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    search, blocks = a_bus_for_each_trip()

    def converge(whole: BlockRelaxation, *_: object) -> None:
        whole.lp.solve()
        monkeypatch.setattr(BlockRelaxation, "converge", no_fleet)

    def no_fleet(*_: object) -> None:
        raise InfeasibleError("no such fleet")

    monkeypatch.setattr(BlockRelaxation, "converge", converge)
    assert not blocks.plan_part(blocks.incumbent())
    assert search.objective is not None


def test_a_day_is_bounded_where_its_labels_have_few_enough_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    moves: list[int] = []
    monkeypatch.setattr(BlockRelaxation, "converge_near", lambda whole, *_: moves.append(whole.pricing.moves))
    _, blocks = a_bus_for_each_trip()
    blocks.bound_all(0.1)
    for most, is_bounded in ((moves[0], True), (moves[0] - 1, False)):
        monkeypatch.setattr(block_search, "_MOST_MOVES", most)
        _, blocks = a_bus_for_each_trip()
        assert blocks.bound_all(0.1) == is_bounded


def test_a_large_day_whose_cost_is_open_is_dived_before_the_bound_of_its_deadhead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_at_end: list[bool] = []

    def dive(blocks: BlockSearch, whole: BlockRelaxation, part: Part, share: float) -> bool:
        is_at_end.append(is_close(whole.value, whole.lp.objective))
        return False

    monkeypatch.setattr(block_search, "MANY", 10)
    monkeypatch.setattr(BlockSearch, "_dive", dive)
    relaxation = a_bus_for_each_of(random_problem("wide", 30, 0))
    relaxation.converge()
    BlockSearch(relaxation, seed=0).bound_all(0.1)
    assert is_at_end[:2] == [False, True]


@pytest.mark.parametrize(("far", "dived"), [(0.0, [4.0, 3.75]), (1.0, [3.75])])
def test_a_day_far_from_its_bound_is_dived_with_a_whole_number_of_buses_and_if_that_is_in_vain_without(
    monkeypatch: pytest.MonkeyPatch, far: float, dived: list[float]
) -> None:
    buses: list[float] = []

    def dive(blocks: BlockSearch, whole: BlockRelaxation, part: Part, share: float) -> bool:
        buses.append(whole.lp.fleet[0])
        return False

    monkeypatch.setattr(BlockSearch, "_dive", dive)
    monkeypatch.setattr(bounded_day, "OPEN", far)
    relaxation = a_bus_for_each_of(random_problem("wide", 30, 0))
    relaxation.converge()
    BlockSearch(relaxation, seed=0).bound_all(0.1)
    assert buses == pytest.approx(dived)


def test_of_a_proven_day_other_fleets_are_looked_at_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    relaxation = a_bus_for_each_of(random_problem("wide", 30, 0))
    relaxation.converge()
    blocks = BlockSearch(relaxation, seed=0)
    monkeypatch.setattr(BlockSearch, "_dive", lambda *_: False)
    monkeypatch.setattr(bounded_day, "OPEN", 0.0)
    blocks.bound_all(0.1)
    monkeypatch.setattr(Search, "is_proven", property(lambda _: True))
    monkeypatch.setattr(FleetTree, "grow", lambda *_: looked_at.append("grow"))
    monkeypatch.setattr(FleetTree, "finish", lambda _: looked_at.append("finish"))
    blocks.close()
    assert looked_at == []


@pytest.mark.parametrize(("least_min", "order"), [(0.0, ["dive", "lists"]), (1e9, ["lists", "dive"])])
def test_lists_come_before_a_dive_where_little_is_open(
    monkeypatch: pytest.MonkeyPatch, least_min: float, order: list[str]
) -> None:
    done: list[str] = []
    monkeypatch.setattr(BlockSearch, "_dive", lambda *_: done.append("dive"))
    monkeypatch.setattr(ListedSearch, "close", lambda _: done.append("lists"))
    monkeypatch.setattr(Search, "has_open_level", property(lambda _: False))
    monkeypatch.setattr(bounded_day, "_NEARLY_MIN", least_min)
    monkeypatch.setattr(FleetTree, "grow", lambda *_: None)
    relaxation = a_bus_for_each_of(random_problem("wide", 30, 0))
    relaxation.converge()
    blocks = BlockSearch(relaxation, seed=0)
    blocks.bound_all(0.1)
    blocks.close()
    blocks.close_lists()
    assert done == order


@pytest.mark.parametrize(
    ("count", "width_min", "limits", "steps"),
    [(130, 60, {}, {4}), (130, 59, {}, {1}), (120, 60, {}, {1}), (130, 60, {"longest_min": 600}, {1})],
)
def test_a_plan_of_many_trips_in_wide_windows_begins_with_starts_every_few_minutes(
    monkeypatch: pytest.MonkeyPatch, count: int, width_min: int, limits: dict[str, int], steps: set[int]
) -> None:
    problem = read_day(generate_day(count, 1)).problem()
    trips = tuple(replace(trip, latest_min=trip.earliest_min + width_min) for trip in problem.trips)
    relaxation = a_bus_for_each_of(replace(problem, trips=trips, limits=replace(problem.limits, **limits)))
    relaxation.solve()
    used: set[int] = set()
    begin = BlockPricing.__init__

    def watched(pricing: BlockPricing, *args: Any, step_min: int = 1) -> None:
        used.add(step_min)
        begin(pricing, *args, step_min=step_min)

    monkeypatch.setattr(BlockPricing, "__init__", watched)
    BlockSearch(relaxation, seed=0).plan_all(0.1)
    assert used == steps


@pytest.mark.parametrize(("wide", "is_chosen_anew"), [(21, True), (20, False)])
def test_links_are_chosen_anew_by_blocks_only_where_most_windows_are_wide(*, wide: int, is_chosen_anew: bool) -> None:
    problem = read_day(generate_day(40, 1)).problem()
    widths = [60] * wide + [59] * (40 - wide)
    trips = (
        replace(trip, latest_min=trip.earliest_min + width) for trip, width in zip(problem.trips, widths, strict=True)
    )
    relaxation = a_bus_for_each_of(replace(problem, trips=tuple(trips)))
    relaxation.solve()
    before = relaxation.search.objective
    BlockSearch(relaxation, seed=0).relink()
    assert (relaxation.search.objective != before) == is_chosen_anew
