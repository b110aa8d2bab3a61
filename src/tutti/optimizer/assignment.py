"""Which type of bus runs which block, once the blocks are known: the cheapest choice that the fleet allows."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from ortools.graph.python import min_cost_flow

from tutti.optimizer.arcs import Arcs, Ints
from tutti.optimizer.timing import Chain
from tutti.optimizer.vehicles import Vehicles

_NEVER = 2**50


def runnable_pieces(vehicles: Vehicles, chains: Sequence[Chain]) -> list[list[int]]:
    """The same trips in the same order, each chain cut where no type can run all of what would be in one piece."""
    if vehicles.able.all(axis=1).any():
        return [list(chain) for chain in chains]
    pieces: list[list[int]] = []
    for chain in chains:
        able = np.zeros(vehicles.types, dtype=bool)
        for trip in chain:
            able &= vehicles.able[:, trip]
            if not able.any():
                able = vehicles.able[:, trip].copy()
                pieces.append([])
            pieces[-1].append(trip)
    return pieces


def cheapest_types(arcs: Arcs, vehicles: Vehicles, chains: Sequence[Chain]) -> Ints | None:
    """A type for each chain with the least cost in all, smaller buses first; None if the fleet can't run the chains."""
    if vehicles.types == 1 and not vehicles.is_limited:
        return np.zeros(len(chains), dtype=np.int64)
    cost = _costs(arcs, vehicles, chains)
    if (cost.min(axis=1, initial=_NEVER) >= _NEVER).any():
        return None
    return _matched(cost, vehicles.count) if vehicles.is_limited else cost.argmin(axis=1)


def _costs(arcs: Arcs, vehicles: Vehicles, chains: Sequence[Chain]) -> Ints:
    """Cost of each chain by each type, shape (chains, V), ties broken by the order of preference."""
    cost = np.full((len(chains), vehicles.types), _NEVER, dtype=np.int64)
    for number, chain in enumerate(chains):
        able = vehicles.able[:, list(chain)].all(axis=1)
        deadhead = sum(int(arcs.travel[tail, head]) for tail, head in pairwise(chain))
        cost[number, able] = vehicles.block_cost(deadhead, int(arcs.duration[list(chain)].sum()))[able]
    return np.where(cost < _NEVER, cost * vehicles.types + vehicles.preference, _NEVER)


def _matched(cost: Ints, count: Ints) -> Ints | None:
    """The cheapest choice with at most `count` chains of each type: a flow from chains to types."""
    chains, types = cost.shape
    chain, type_ = np.nonzero(cost < _NEVER)
    solver = min_cost_flow.SimpleMinCostFlow()
    hub = chains + types
    able = solver.add_arcs_with_capacity_and_unit_cost(
        chain, chains + type_, np.ones(len(chain), dtype=np.int64), cost[chain, type_]
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        chains + np.arange(types), np.full(types, hub), count, np.zeros(types, dtype=np.int64)
    )
    solver.set_nodes_supplies(np.arange(chains), np.ones(chains, dtype=np.int64))
    solver.set_node_supply(hub, -chains)
    if solver.solve() != solver.OPTIMAL:
        return None
    used = solver.flows(able) > 0
    chosen = np.zeros(chains, dtype=np.int64)
    chosen[chain[used]] = type_[used]
    return chosen
