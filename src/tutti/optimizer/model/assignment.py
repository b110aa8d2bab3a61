"""Which kind of bus runs which block, once the blocks are known: the cheapest choice that the fleet allows."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from ortools.graph.python import min_cost_flow

from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.vehicles import Vehicles

_NEVER = 2**60


def runnable_pieces(vehicles: Vehicles, chains: Sequence[Chain]) -> list[list[int]]:
    """The same trips in the same order, each chain cut where no kind can run all of what would be in one piece."""
    if vehicles.able.all(axis=1).any():
        return [list(chain) for chain in chains]
    pieces: list[list[int]] = []
    for chain in chains:
        able = np.zeros(vehicles.size, dtype=bool)
        for trip in chain:
            able &= vehicles.able[:, trip]
            if not able.any():
                able = vehicles.able[:, trip].copy()
                pieces.append([])
            pieces[-1].append(trip)
    return pieces


def cheapest_kinds(arcs: Arcs, vehicles: Vehicles, chains: Sequence[Chain]) -> Ints | None:
    """A kind for each chain with the least cost in all, then the least pull-outs and pull-ins, then smaller buses.

    None if the fleet can't run the chains.
    """
    if vehicles.size == 1 and not vehicles.is_limited:
        return np.zeros(len(chains), dtype=np.int64)
    cost = _costs(arcs, vehicles, chains)
    if (cost.min(axis=1, initial=_NEVER) >= _NEVER).any():
        return None
    return _matched(cost, vehicles) if vehicles.is_limited else cost.argmin(axis=1)


def level_and_deadhead(arcs: Arcs, vehicles: Vehicles, chains: Sequence[Chain], kinds: Ints) -> tuple[int, int]:
    """(first level of the objective, deadhead minutes) of blocks of these chains, each by its kind of bus."""
    level, deadhead_min = 0, 0
    for chain, kind in zip(chains, kinds.tolist(), strict=True):
        deadhead = _links_min(arcs, chain) + int(vehicles.pulls_min(chain[0], chain[-1])[kind])
        level += vehicles.cost_by(kind, deadhead, int(arcs.duration[list(chain)].sum()))
        deadhead_min += deadhead
    return vehicles.unit * level, deadhead_min


def _links_min(arcs: Arcs, chain: Chain) -> int:
    """Deadhead minutes of a chain between its trips."""
    return sum(int(arcs.travel[link]) for link in pairwise(chain))


def _costs(arcs: Arcs, vehicles: Vehicles, chains: Sequence[Chain]) -> Ints:
    """Cost of each chain by each kind, shape (chains, V), ties broken by pulls and the order of preference."""
    cost = np.full((len(chains), vehicles.size), _NEVER, dtype=np.int64)
    furthest_out, furthest_in = (pull.max(axis=1, initial=0) for pull in (vehicles.pull_out, vehicles.pull_in))
    longest = 1 + int((furthest_out + furthest_in).max(initial=0))
    for number, chain in enumerate(chains):
        able = vehicles.able[:, list(chain)].all(axis=1)
        pulls = vehicles.pulls_min(chain[0], chain[-1])
        deadhead = _links_min(arcs, chain) + pulls
        levels = vehicles.block_cost(deadhead, int(arcs.duration[list(chain)].sum())) * longest + pulls
        cost[number, able] = (levels * vehicles.size + vehicles.preference)[able]
    return cost


def _matched(cost: Ints, vehicles: Vehicles) -> Ints | None:
    """The cheapest choice with no more chains of a type than it has buses: a flow from chains to types."""
    first = np.flatnonzero(np.r_[True, np.diff(vehicles.type_of) > 0])
    by_type = np.minimum.reduceat(cost, first, axis=1)
    type_ = _matched_types(by_type, vehicles.count)
    if type_ is None:
        return None
    chosen = by_type[np.arange(len(cost)), type_]
    is_least = (cost == chosen[:, None]) & (vehicles.type_of == type_[:, None])
    kinds: Ints = is_least.argmax(axis=1)
    return kinds


def _matched_types(cost: Ints, count: Ints) -> Ints | None:
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
