"""Blocks are chosen so that each trip is in one, at the least cost, with the buses that there are."""

from dataclasses import replace

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.blocks.block_choice import Choice, choose_blocks
from tutti.optimizer.blocks.block_lp import FleetLimits, WeighedBlock
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights

BLOCKS = [
    WeighedBlock(0, (0,), 9.0), WeighedBlock(0, (0, 1), 5.0), WeighedBlock(0, (1, 2), 1.0), WeighedBlock(0, (2,), 4.0),
]  # fmt: skip


def choose(blocks: list[WeighedBlock], count: int | None = None, worth: float = 0.0) -> Choice:
    problem = replace(random_problem("wide", 3, 0), vehicle_types=(VehicleType("bus", 99, count=count),))
    arcs = Arcs.of(problem)
    vehicles = Vehicles.of(problem, arcs)
    lp = FleetLP(Cuts(arcs), Weights.without_depots(arcs), vehicles, seed=0, wants_stop=lambda: False)
    return choose_blocks(
        ListedBlocks.of(blocks), vehicles, FleetLimits.of(lp), cover=np.full(3, worth), nodes=10, seed=0,
        wants_stop=lambda: False,
    )  # fmt: skip


def test_the_cheapest_disjoint_blocks_are_chosen() -> None:
    choice = choose(BLOCKS)
    assert choice.blocks is not None
    assert choice.blocks.weighed() == [BLOCKS[1], BLOCKS[3]]
    assert choice.least == pytest.approx(9)


def test_blocks_that_leave_a_trip_out_are_no_choice() -> None:
    choice = choose(BLOCKS[:2])
    assert choice.blocks is None
    assert choice.least == np.inf


def test_no_more_blocks_are_chosen_than_there_are_buses() -> None:
    assert choose(BLOCKS, count=1).blocks is None


def test_what_trips_are_worth_changes_neither_the_choice_nor_what_it_weighs() -> None:
    choice = choose(BLOCKS, worth=2.5)
    assert choice.blocks is not None
    assert choice.blocks.weighed() == [BLOCKS[1], BLOCKS[3]]
    assert choice.least == pytest.approx(9)
