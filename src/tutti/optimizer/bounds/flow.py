"""The relaxation that ignores how shifts add up along a block: a minimum-cost flow over few, near connections."""

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from tutti.fleet.errors import SolverError
from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs, Ints
from tutti.optimizer.model.weights import Weights

NEAREST = 60  # successors and predecessors of a trip that the first flow may use; 25 needs five times the rounds


def nearest_arcs(arcs: Arcs, count: int = NEAREST) -> tuple[Ints, Ints]:
    """Tails and heads of the `count` nearest successors and predecessors of each trip, each arc once.

    Of those that are as near, the ones that are asked for first after it and last before it: where many trips end and
    begin at the same places, others say little.
    """
    n = arcs.n
    turn = np.empty(n, dtype=np.int32)
    turn[np.argsort(arcs.asked, kind="stable")] = np.arange(n)
    chosen = [_nearest_in_rows(arcs.travel[rows], turn, count, rows.start) for rows in arcs.row_blocks()]
    for columns in arcs.row_blocks():
        mirrored = _nearest_in_rows(arcs.travel[:, columns].T, n - 1 - turn, count, columns.start)
        chosen.append(mirrored % n * n + mirrored // n)
    codes = np.unique(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)
    return codes // max(1, n), codes % max(1, n)


def _nearest_in_rows(block: NDArray[np.int16], turn: NDArray[np.int32], count: int, first: int) -> Ints:
    """Row * n + column of the `count` least entries of each row that are arcs; rows are numbered from `first`.

    turn: shape (n,), which column comes first where entries are equal, that of the least.
    """
    n = len(turn)
    rank = np.multiply(block, np.int32(n), dtype=np.int32, order="C") + turn
    if n > count:
        columns = np.argpartition(rank, count - 1, axis=1)[:, :count].astype(np.int64)
    else:
        columns = np.broadcast_to(np.arange(n), block.shape)
    rows = np.broadcast_to(np.arange(len(block))[:, None], columns.shape)
    real = block[rows, columns] < NO_ARC
    return (rows[real] + first) * n + columns[real]


def cheapest_cover(
    weights: Weights, tails: Ints, heads: Ints, bus_cost_min: int | Ints, more_min: Ints | None = None
) -> Ints:
    """Successor of each trip (NONE: ends its block) in the cheapest cover of all trips by paths over the given arcs.

    A path costs `bus_cost_min` deadhead minutes (shape (n,) where that depends on its last trip), an arc its weight and
    `more_min` (A,). The answer may hold cycles where windows are wider than trips are long. Raises SolverError when the
    flow fails.
    """
    n = weights.arcs.n
    hub = 2 * n
    trips = np.arange(n)
    solver = min_cost_flow.SimpleMinCostFlow()
    arc_tails = np.concatenate([tails, trips, np.full(n, hub)])
    arc_heads = np.concatenate([heads + n, np.full(n, hub), trips + n])
    capacities = np.ones(len(arc_tails), dtype=np.int64)
    weight = weights.of(tails, heads) if more_min is None else weights.of(tails, heads) + more_min * weights.scale
    costs = np.concatenate([weight, np.full(n, bus_cost_min) * weights.scale, np.zeros(n, dtype=np.int64)])
    solver.add_arcs_with_capacity_and_unit_cost(arc_tails, arc_heads, capacities, costs)
    supplies = np.concatenate([np.ones(n, dtype=np.int64), -np.ones(n, dtype=np.int64)])
    solver.set_nodes_supplies(np.arange(2 * n), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolverError(f"the flow over {len(tails)} connections ended with status {status}")
    used = solver.flows(np.arange(len(tails))) > 0
    successor = np.full(n, NONE, dtype=np.int64)
    successor[tails[used]] = heads[used]
    return successor
