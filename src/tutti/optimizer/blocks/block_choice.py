"""Chooses blocks of a given list that hold each trip once at the least cost: set partitioning, solved by HiGHS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from tutti.optimizer.blocks.block_lp import FleetLimits
from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.blocks.odd_sets import most_pairs, pairs_in
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.state.asking import Asking

_NEAR = 0.25  # weighted minutes from the least, less than a minute and its tie-breaks
_CHOSEN = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks chosen, None if none were found, and what no choice costs less than (infinite: there is none)."""

    blocks: ListedBlocks | None
    least: float


def choose_blocks(
    blocks: ListedBlocks,
    vehicles: Vehicles,
    limits: FleetLimits,
    *,
    cover: Floats,
    odd_sets: Sequence[Ints] = (),
    nodes: int,
    seed: int,
    wants_stop: Callable[[], bool],
) -> Choice:
    """The cheapest choice, as far as so many nodes of branch and bound get, or until `wants_stop` says so.

    cover: shape (n,), about what covering each trip is worth. It is taken off the costs of blocks, from all choices as
    much: HiGHS was seen to tighten a row with costs of millions for ever, without asking whether to go on.

    odd_sets: odd numbers of trips, whose inequalities (`odd_sets`) follow from the rows of trips, but tighten the
    programme.
    """
    if not len(blocks):
        return Choice(None, -np.inf)
    highs = highspy._Highs()  # type: ignore[attr-defined]  # the public class prints a banner to stdout when it is made
    for option, setting in {
        "output_flag": False, "threads": 1, "random_seed": seed, "mip_max_nodes": nodes, "mip_rel_gap": 0.0,
        "mip_abs_gap": _NEAR,
    }.items():  # fmt: skip
        highs.setOptionValue(option, setting)
    highs.passModel(_model(blocks, vehicles, limits, cover, odd_sets))
    Asking(highs, [highspy.cb.HighsCallbackType.kCallbackMipInterrupt], wants_stop).run(highs)
    return _read(highs, blocks)


def _read(highs: "highspy.Highs", blocks: ListedBlocks) -> Choice:
    status, info = highs.getModelStatus(), highs.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Choice(None, np.inf)
    knows = status in (
        highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kInterrupt,
    )  # fmt: skip
    least = float(info.mip_dual_bound) if knows else -np.inf
    if not knows or info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Choice(None, least)
    chosen = np.flatnonzero(np.array(highs.getSolution().col_value) > _CHOSEN)
    return Choice(blocks.at(chosen), least)


def _model(
    blocks: ListedBlocks, vehicles: Vehicles, limits: FleetLimits, cover: Floats, odd_sets: Sequence[Ints]
) -> highspy.HighsLp:
    n, columns = vehicles.n, len(blocks)
    column, row, value = coefficients(blocks, vehicles, odd_sets)
    order = np.lexsort((row, column))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, n + len(vehicles.amounts) + len(odd_sets)
    block, place = np.nonzero(blocks.trips != NONE)
    lp.col_cost_ = blocks.cost - np.bincount(block, cover[blocks.trips[block, place]], columns)
    lp.offset_ = float(cover.sum())
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    lp.row_lower_ = np.r_[np.ones(n), limits.least, np.full(len(odd_sets), -np.inf)]
    lp.row_upper_ = np.r_[np.ones(n), limits.most, most_pairs(odd_sets)]
    lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.searchsorted(column[order], np.arange(columns + 1)).astype(np.int32)
    lp.a_matrix_.index_, lp.a_matrix_.value_ = row[order].astype(np.int32), value[order]
    return lp


def coefficients(blocks: ListedBlocks, vehicles: Vehicles, odd_sets: Sequence[Ints]) -> tuple[Ints, Ints, Floats]:
    """(column, row, value): a column for each block; a row for each trip, each amount of the fleet, each odd set."""
    n, amounts = vehicles.n, vehicles.amounts[:, blocks.kind]
    block, place = np.nonzero(blocks.trips != NONE)
    counted, of_block = np.nonzero(amounts)
    odd, holding, pairs = pairs_in(odd_sets, blocks)
    column = np.concatenate([block, of_block, holding])
    row = np.concatenate([blocks.trips[block, place], n + counted, n + len(amounts) + odd])
    return column, row, np.concatenate([np.ones(len(block)), amounts[counted, of_block], pairs])
