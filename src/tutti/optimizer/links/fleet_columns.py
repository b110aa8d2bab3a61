"""The first plan for a mixed fleet, and the connections that its LP begins with: by flows, type by type."""

import numpy as np

from tutti.optimizer.bounds.flow import cheapest_cover, nearest_arcs
from tutti.optimizer.bounds.potentials import arcs_within, flow_prices, reduced_costs
from tutti.optimizer.links.columns import least_of_each
from tutti.optimizer.links.joining import joined
from tutti.optimizer.links.nearest_depots import NearestDepots
from tutti.optimizer.model.arcs import NONE, Arcs, Floats, Ints
from tutti.optimizer.model.chains import feasible_pieces
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search

_BUS_COST_MIN = 1000
_NEAREST = 40  # successors and predecessors of a trip that a flow may use
_NEAREST_COLUMNS = 5  # that the LP gets in any case
_NEAR_MIN = 1.0  # reduced cost in the flow of the trips that a type may run
_MOST_NEAR = 50  # of them for each trip, else few of those that the flow chose from: as where all schools share a place
_Columns = tuple[Ints, Ints, Ints]


def offer_split_flow(search: Search, arcs: Arcs, vehicles: Vehicles) -> None:
    """Offer the plan in which each trip has the cheapest type that may run it, each type planned by itself.

    And then the same with chains joined: fewer buses, but more deadhead, which may cost as much as a bus.
    """
    alone = np.where(vehicles.able, vehicles.fixed[:, None] * vehicles.size + vehicles.preference[:, None], np.inf)
    own = alone.argmin(axis=0)
    chains: list[list[int]] = []
    fewer: list[list[int]] = []
    for kind in range(vehicles.size):
        search.poll()
        trips = np.flatnonzero(own == kind)
        if len(trips):
            among = arcs.among(trips)
            successor, _, _ = _flow(among)
            pieces = feasible_pieces(among, successor)
            chains += [trips[piece].tolist() for piece in pieces]
            fewer += [trips[piece].tolist() for piece in joined(among, pieces)]
    search.offer(arcs, chains)
    search.offer(arcs, fewer)


def first_fleet_columns(
    search: Search, arcs: Arcs, vehicles: Vehicles, nearest: NearestDepots | None = None
) -> _Columns:
    """(tail, head, kind): near connections, the links of the best plan, and what is cheap in the flow of each kind.

    Where the day is known with the `nearest` depots, what is cheap there instead of near and of flows.
    """
    if nearest is None:
        near = _near_columns(search, arcs, vehicles)
    else:
        near = [nearest.tail * arcs.n + nearest.head] * vehicles.size
    codes = [code + kind * arcs.n**2 for kind, code in enumerate(near)]
    for chain, kind in zip(search.chains, search.kinds.tolist(), strict=True):
        links = np.array(chain, dtype=np.int64)
        codes.append(links[:-1] * arcs.n + links[1:] + kind * arcs.n**2)
    code = np.unique(np.concatenate(codes))
    kinds, code = code // arcs.n**2, code % arcs.n**2
    return code // arcs.n, code % arcs.n, kinds


def _near_columns(search: Search, arcs: Arcs, vehicles: Vehicles) -> list[Ints]:
    """For each kind the codes (tail * n + head) of connections among the trips that it may run."""
    codes: list[Ints] = []
    for kind, able in enumerate(vehicles.able):
        search.poll()
        trips = np.flatnonzero(able)
        if kind and (able == vehicles.able[kind - 1]).all():  # such as the same type in another depot
            codes.append(codes[-1])
            continue
        if not len(trips):
            codes.append(trips)
            continue
        among = arcs.among(trips)
        successor, tails, heads = _flow(among)
        prices = flow_prices(Weights.without_depots(among), successor, tails, heads)
        linked = np.flatnonzero(successor != NONE)
        pairs = [
            nearest_arcs(among, _NEAREST_COLUMNS),
            _cheap(Weights.without_depots(among), prices, tails, heads),
            (linked, successor[linked]),
        ]
        codes.append(np.concatenate([trips[tail] * arcs.n + trips[head] for tail, head in pairs]))
    return codes


def _cheap(weights: Weights, prices: tuple[Floats, Floats], tails: Ints, heads: Ints) -> tuple[Ints, Ints]:
    """All connections that are cheap at the prices of a flow; if there are too many, each trip's cheapest few.

    The latter of those that the flow chose from.
    """
    near = arcs_within(weights, prices, _NEAR_MIN)
    if len(near[0]) <= _MOST_NEAR * weights.arcs.n:
        return near
    cost = reduced_costs(weights, prices, tails, heads)
    few = np.union1d(*(least_of_each(trips, cost, _NEAREST_COLUMNS) for trips in (tails, heads)))
    return tails[few], heads[few]


def _flow(arcs: Arcs) -> tuple[Ints, Ints, Ints]:
    """The cheapest links, and the connections (tails, heads) that they were chosen from."""
    tails, heads = nearest_arcs(arcs, _NEAREST)
    return cheapest_cover(Weights.without_depots(arcs), tails, heads, _BUS_COST_MIN), tails, heads
