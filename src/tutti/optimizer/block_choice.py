"""Chooses blocks of a given list that hold each trip once at the least cost: set partitioning, solved by HiGHS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from tutti.optimizer.block_lp import FleetLimits, WeighedBlock
from tutti.optimizer.vehicles import Vehicles

_NEAR = 0.25  # weighted minutes from the least, less than a minute and its tie-breaks
_CHOSEN = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks chosen, None if none were found, and what no choice costs less than (infinite: there is none)."""

    blocks: list[WeighedBlock] | None
    least: float


def choose_blocks(
    blocks: Sequence[WeighedBlock],
    vehicles: Vehicles,
    limits: FleetLimits,
    *,
    nodes: int,
    seed: int,
    wants_stop: Callable[[], bool],
) -> Choice:
    """The cheapest choice, as far as so many nodes of branch and bound get, or until `wants_stop` says so."""
    if not blocks:
        return Choice(None, -np.inf)
    highs = highspy._Highs()  # type: ignore[attr-defined]  # the public class prints a banner to stdout when it is made
    for option, setting in {
        "output_flag": False, "threads": 1, "random_seed": seed, "mip_max_nodes": nodes, "mip_rel_gap": 0.0,
        "mip_abs_gap": _NEAR,
    }.items():  # fmt: skip
        highs.setOptionValue(option, setting)
    raised: list[BaseException] = []

    def poll(
        kind: object, message: str, data_out: object, data_in: "highspy.cb.HighsCallbackInput", user: object
    ) -> None:
        try:
            data_in.user_interrupt = wants_stop()
        except BaseException as error:  # noqa: BLE001  # HiGHS would swallow it
            raised.append(error)
            data_in.user_interrupt = True

    highs.setCallback(poll, None)
    highs.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    highs.passModel(_model(blocks, vehicles, limits))
    highs.run()
    if raised:
        raise raised[0]
    return _read(highs, blocks)


def _read(highs: "highspy.Highs", blocks: Sequence[WeighedBlock]) -> Choice:
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
    return Choice([blocks[number] for number in chosen.tolist()], least)


def _model(blocks: Sequence[WeighedBlock], vehicles: Vehicles, limits: FleetLimits) -> highspy.HighsLp:
    """A column for each block; a row for each trip, then one for each amount of the fleet."""
    n, amounts = vehicles.n, vehicles.amounts
    counted = [np.flatnonzero(amounts[:, kind]) for kind in range(vehicles.size)]
    rows = [np.array([*sorted(block.trips), *(n + counted[block.kind])], dtype=np.int32) for block in blocks]
    values = [np.r_[np.ones(len(block.trips)), amounts[counted[block.kind], block.kind]] for block in blocks]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(blocks), n + len(amounts)
    lp.col_cost_ = np.array([block.cost for block in blocks])
    lp.col_lower_, lp.col_upper_ = np.zeros(len(blocks)), np.ones(len(blocks))
    lp.row_lower_, lp.row_upper_ = np.r_[np.ones(n), limits.least], np.r_[np.ones(n), limits.most]
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(blocks)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    lp.a_matrix_.index_, lp.a_matrix_.value_ = np.concatenate(rows), np.concatenate(values)
    return lp
