"""Chooses blocks of a given list that hold each trip once at the least cost: set partitioning, solved by HiGHS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from tutti.optimizer.block_lp import WeighedBlock
from tutti.optimizer.vehicles import Vehicles

_NEAR = 0.25  # weighted minutes from the least, less than a minute and its tie-breaks
_CHOSEN = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks chosen, None if none were found, and what no choice costs less than (infinite: there is none)."""

    blocks: list[WeighedBlock] | None
    least: float


def choose_blocks(
    blocks: Sequence[WeighedBlock], vehicles: Vehicles, *, nodes: int, seed: int, wants_stop: Callable[[], bool]
) -> Choice:
    """The cheapest choice, as far as so many nodes of branch and bound get, or until `wants_stop` says so."""
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
    highs.passModel(_model(blocks, vehicles))
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


def _model(blocks: Sequence[WeighedBlock], vehicles: Vehicles) -> highspy.HighsLp:
    """A column for each block; a row for each trip, then one for each type with its count."""
    n, types = vehicles.n, len(vehicles.count)
    counted = np.where(vehicles.count < n, vehicles.count.astype(np.float64), np.inf)
    rows = [np.sort(np.array([*block.trips, n + vehicles.type_of[block.kind]], dtype=np.int32)) for block in blocks]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(blocks), n + types
    lp.col_cost_ = np.array([block.cost for block in blocks])
    lp.col_lower_, lp.col_upper_ = np.zeros(len(blocks)), np.ones(len(blocks))
    lp.row_lower_ = np.r_[np.ones(n), np.full(types, -np.inf)]
    lp.row_upper_ = np.r_[np.ones(n), counted]
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(blocks)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate(rows)
    lp.a_matrix_.value_ = np.ones(int(lp.a_matrix_.start_[-1]))
    return lp
