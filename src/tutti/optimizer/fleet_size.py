"""The first proof and the first good plan: how few buses can do, when shifts needn't add up along a block."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tutti.optimizer.arcs import NONE, Arcs, Floats, Ints
from tutti.optimizer.chains import feasible_pieces
from tutti.optimizer.cover import Augmenting, VertexCover, prove_fewest
from tutti.optimizer.flow import cheapest_cover, nearest_arcs
from tutti.optimizer.potentials import arcs_within, flow_prices, reduced_costs
from tutti.optimizer.search import Search
from tutti.optimizer.weights import Weights
from tutti.optimizer.workload import Workload

_FIRST_BUS_COST_MIN = 1000
_FEW_MISSING = 5000  # arcs of negative reduced cost that the LP may be left to find by itself
_MOST_FLOWS = 4
_FIRST_COLUMNS_MIN = 1.0  # reduced cost
_MORE_BY_WORK = 3  # buses: where pairs prove fewer by more, aiming at so many by links spoils the plans


@dataclass(frozen=True, slots=True)
class Flow:
    """The cheapest links when shifts don't add up along a block, among the given arcs.

    buses: how few to look for by links, which is proven least unless links say next to nothing.
    """

    successor: Ints
    tails: Ints
    heads: Ints
    buses: int


@dataclass(frozen=True, slots=True)
class FewestBlocks:
    """Links of as few blocks as there can be when shifts don't add up, the cover that proves it, the arcs looked at."""

    successor: Ints
    cover: VertexCover
    tails: Ints
    heads: Ints


def fewest_blocks(weights: Weights, poll: Callable[[], None] = lambda: None) -> FewestBlocks:
    """Fewest blocks over ALL connections by Koenig's theorem, cheapest links over near ones."""
    arcs = weights.arcs
    tails, heads = nearest_arcs(arcs)
    bus_cost_min = _FIRST_BUS_COST_MIN
    most_bus_cost = 2**60 // (weights.scale * (2 * arcs.n + 2))
    while True:
        poll()
        successor = cheapest_cover(weights, tails, heads, bus_cost_min)
        proof = prove_fewest(arcs, successor)
        if not isinstance(proof, Augmenting):
            return FewestBlocks(successor, proof, tails, heads)
        tails, heads = _merged(arcs.n, (tails, heads), (proof.tails, proof.heads))
        bus_cost_min = min(10 * bus_cost_min, most_bus_cost)


def relax_windows(search: Search, arcs: Arcs, weights: Weights) -> Flow:
    """The fewest blocks, of which the search is told; offers them as a plan, cut where windows break them.

    Where windows are so wide that trips could follow each other in rings, the work in a part of the day says more.
    """
    fewest = fewest_blocks(weights, search.poll)
    workload = Workload.busiest(arcs, np.ones(arcs.n, dtype=np.int64))
    by_pairs, by_work = fewest.cover.fewest_buses(arcs.n), workload.fewest_buses(arcs)
    search.proof = replace(search.proof, cover=fewest.cover, workload=workload)
    search.prove_buses(max(by_pairs, by_work))
    search.offer(arcs, feasible_pieces(arcs, fewest.successor))
    buses = max(by_pairs, by_work) if by_work <= by_pairs + _MORE_BY_WORK else by_pairs
    return Flow(fewest.successor, fewest.tails, fewest.heads, buses)


def first_columns(search: Search, arcs: Arcs, weights: Weights, flow: Flow) -> tuple[Flow, Ints, Ints, Floats]:
    """The flow (perhaps over more arcs than before), and the columns to start the LP with: tail, head, reduced cost."""
    for _ in range(_MOST_FLOWS):
        prices = flow_prices(weights, flow.successor, flow.tails, flow.heads)
        missing = arcs_within(arcs, weights, prices, -1e-6)
        if len(missing[0]) <= _FEW_MISSING:
            break
        search.poll()
        tails, heads = _merged(arcs.n, (flow.tails, flow.heads), missing)
        flow = Flow(cheapest_cover(weights, tails, heads, _FIRST_BUS_COST_MIN), tails, heads, flow.buses)
    near = arcs_within(arcs, weights, prices, _FIRST_COLUMNS_MIN)
    linked = np.flatnonzero(flow.successor != NONE)
    tail, head = _merged(arcs.n, near, (linked, flow.successor[linked]))
    return flow, tail, head, reduced_costs(weights, prices, tail, head)


def _merged(n: int, one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    codes = np.unique(np.concatenate([one[0] * n + one[1], other[0] * n + other[1]]))
    return codes // max(1, n), codes % max(1, n)
