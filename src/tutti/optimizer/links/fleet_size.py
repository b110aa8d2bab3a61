"""The first proof and the first good plan: how few buses can do, when shifts needn't add up along a block."""

from dataclasses import dataclass, replace

import numpy as np

from tutti.optimizer.bounds import evidence
from tutti.optimizer.bounds.cover import VertexCover
from tutti.optimizer.bounds.fewest_blocks import FIRST_BUS_COST_MIN, fewest_blocks, merged
from tutti.optimizer.bounds.flow import cheapest_cover
from tutti.optimizer.bounds.potentials import arcs_within, flow_prices, reduced_costs
from tutti.optimizer.bounds.workload import Workload
from tutti.optimizer.links.joining import joined
from tutti.optimizer.model.arcs import NONE, Arcs, Floats, Ints
from tutti.optimizer.model.chains import feasible_pieces
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search

_FEW_MISSING = 5000  # arcs of negative reduced cost that the LP may be left to find by itself
_MOST_FLOWS = 4
_FIRST_COLUMNS_MIN = 1.0  # reduced cost
_MORE_BY_WORK = 3  # buses: where pairs prove fewer by more, aiming at so many by links spoils the plans


@dataclass(frozen=True, slots=True)
class Flow:
    """The cheapest links when shifts don't add up along a block, among the given arcs.

    buses: how few to look for by links, which is proven least unless links say next to nothing. cover: what proves it,
    of all connections.
    """

    successor: Ints
    tails: Ints
    heads: Ints
    buses: int
    cover: VertexCover


def relax_windows(search: Search, arcs: Arcs, weights: Weights) -> Flow:
    """The fewest blocks, of which the search is told; offers them as a plan, cut where windows break them and joined.

    Where windows are so wide that trips could follow each other in rings, the work in a part of the day says more.
    """
    fewest = fewest_blocks(weights, search.poll)
    workload = Workload.busiest(arcs, np.ones(arcs.n, dtype=np.int64))
    by_pairs, by_work = fewest.cover.fewest_buses(arcs.n), workload.fewest_buses(arcs)
    search.show("buses by pairs of routes", evidence.by_cover(fewest.cover, arcs.n))
    search.show("buses by work", evidence.by_work(workload, arcs))
    search.prove_buses(max(by_pairs, by_work))
    search.offer(arcs, joined(arcs, feasible_pieces(arcs, fewest.successor)))
    buses = max(by_pairs, by_work) if by_work <= by_pairs + _MORE_BY_WORK else by_pairs
    return Flow(fewest.successor, fewest.tails, fewest.heads, buses, fewest.cover)


def first_columns(search: Search, arcs: Arcs, weights: Weights, flow: Flow) -> tuple[Flow, Ints, Ints, Floats]:
    """The flow (perhaps over more arcs than before), and the columns to start the LP with: tail, head, reduced cost."""
    for _ in range(_MOST_FLOWS):
        prices = flow_prices(weights, flow.successor, flow.tails, flow.heads)
        missing = arcs_within(weights, prices, -1e-6)
        if len(missing[0]) <= _FEW_MISSING:
            break
        search.poll()
        tails, heads = merged(arcs.n, (flow.tails, flow.heads), missing)
        successor = cheapest_cover(weights, tails, heads, FIRST_BUS_COST_MIN)
        flow = replace(flow, successor=successor, tails=tails, heads=heads)
    near = arcs_within(weights, prices, _FIRST_COLUMNS_MIN)
    linked = np.flatnonzero(flow.successor != NONE)
    tail, head = merged(arcs.n, near, (linked, flow.successor[linked]))
    return flow, tail, head, reduced_costs(weights, prices, tail, head)
