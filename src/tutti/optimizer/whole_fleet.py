"""Plans a fleet of several types, or one whose windows leave the simpler way without proof: bound first, then dives."""

import numpy as np

from tutti.optimizer.blocks.block_search import BlockSearch
from tutti.optimizer.blocks.bounded_day import OPEN
from tutti.optimizer.blocks.nearness import LARGEST_PART
from tutti.optimizer.blocks.parts import improve_parts
from tutti.optimizer.bounds import evidence
from tutti.optimizer.bounds.cover import VertexCover
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.bounds.tiers import least_cost, tiers_of
from tutti.optimizer.bounds.workload import Workload
from tutti.optimizer.links.arc_dive import ArcDive
from tutti.optimizer.links.fixed_times import relink_at_fixed_times
from tutti.optimizer.links.fleet_columns import first_fleet_columns, offer_split_flow
from tutti.optimizer.links.fleet_lp import FleetLP
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.links.fleet_size import relax_windows
from tutti.optimizer.links.nearest_depots import NearestDepots
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.result import too_few_buses
from tutti.optimizer.state.search import Search

_DIVES = 4
_TOO_MANY = 800  # trips: another corner takes as long there as the first, unless much is known; plans of all, too long
_FAR = 0.02  # of the first level between plan and bound: the dive of a bound doesn't close that
_VERY_FAR = 0.1  # from there the plan may gain by tenths, and a day's bound takes the longer the farther it is
_TRIED = 15  # parts without a lower first level, one after another, before all fleets are looked at nevertheless
_SHARE_FIXED = 0.1  # of the open trips, at each step of the dive over blocks
_SOON, _IDLE = 5, 30  # parts without gain, one after another, before lists are made once more, before all ends
_PATIENCE = ((5, 10), (25, 30))  # days are bounded by so many times as many moves, after so many parts without gain


def plan_fleet(search: Search, arcs: Arcs, vehicles: Vehicles, seed: int, nearest: NearestDepots | None = None) -> None:
    """The stages, each skipped when the ones before it have proven the plan.

    nearest: what is known of one type in several depots.
    """
    weights = Weights.without_depots(arcs)  # the programme has columns for pulls
    undriven = 0
    if not vehicles.is_one_type:
        search.enter("flow")
        flow = relax_windows(search, arcs, weights)
        offer_split_flow(search, arcs, vehicles)  # before the bound: on large days that takes a while
        undriven = _prove_level(search, arcs, vehicles, flow.cover)
        if vehicles.count.sum() < search.bound.buses:
            search.refute(too_few_buses(search.bound.buses, int(vehicles.count.sum())))
        if search.is_proven:
            return
        relink_at_fixed_times(search, arcs, vehicles, seed)
    columns = first_fleet_columns(search, arcs, vehicles, nearest)
    search.enter("root")
    cuts = Cuts(arcs) if nearest is None else nearest.cuts
    master = FleetLP(cuts, weights, vehicles, seed=seed, wants_stop=search.wants_stop)
    master.add_arcs(*columns)
    master.add_cut_rows()
    relaxation = FleetRelaxation(search, master, undriven)
    relaxation.converge()
    if search.is_proven:
        return
    blocks = BlockSearch(relaxation, seed)  # now: a dive leaves the prices of its last, restricted programme
    _dive(relaxation, seed, once=nearest is None and arcs.n >= _TOO_MANY)
    if search.is_proven or search.objective is None:
        return
    search.enter("columns")
    is_bounded = _plan_all(search, blocks, seed)
    if not search.is_proven:
        _plan_parts(search, blocks, seed, is_bounded=is_bounded)


def _plan_all(search: Search, blocks: BlockSearch, seed: int) -> bool:
    """Plan all trips by whole blocks before or after the day is bounded by them; whether it is, or all is proven.

    Before, where the plan is so far from what is proven that bounding takes long; large days by parts first, unless
    all trips are quick to plan.
    """
    is_cut = search.problem.limits.longest_min is not None
    is_far = not is_cut and search.level_gap > _VERY_FAR
    if not is_far:
        if search.is_proven or _bound_soon(search, blocks, seed):
            return True
        if blocks.trips <= LARGEST_PART:
            return False
    is_quick = blocks.step_min > 1 and blocks.trips < _TOO_MANY
    if is_cut or (is_far and not is_quick):  # parts gain more, sooner than all trips
        _lower_level(search, blocks, seed, _SOON, _VERY_FAR if is_far else _FAR)
    blocks.plan_all(_SHARE_FIXED)
    blocks.relink()
    return search.is_proven or _bound_soon(search, blocks, seed)


def _bound_soon(search: Search, blocks: BlockSearch, seed: int) -> bool:
    """Bound the day before parts of it are planned, if its plan is near the bound or few connections are left."""
    return _bound(search, blocks, seed, _PATIENCE[0][0] if search.level_gap <= _FAR else 1)


def _bound(search: Search, blocks: BlockSearch, seed: int, patience: float) -> bool:
    """Bound the day by whole blocks, if there are few enough connections, and close what stays open.

    Where the plan costs more than proven, parts of it are planned anew before what would take longer.
    """
    if not blocks.bound_all(_SHARE_FIXED, patience):
        return False
    _lower_level(search, blocks, seed, _TRIED, OPEN)
    if not search.is_proven:
        blocks.close()
        _lower_level(search, blocks, seed, _SOON, 0.0)
        blocks.close_lists()
    return True


def _lower_level(search: Search, blocks: BlockSearch, seed: int, idle: int, gap: float) -> None:
    """Plan parts anew until the first level is within that share of its bound, or so many in a row didn't lower it.

    Only of a day that is larger than a part.
    """
    if blocks.trips > LARGEST_PART and search.level_gap > gap:
        search.enter("parts")
        improve_parts(search, blocks, seed, idle, gap)
        search.enter("columns")


def _plan_parts(search: Search, blocks: BlockSearch, seed: int, *, is_bounded: bool) -> None:
    """Better plans part by part; in between the day is bounded, and lists of its blocks go on once it is."""
    search.enter("parts")
    for patience, idle in _PATIENCE:
        if not is_bounded and not search.is_proven:
            improve_parts(search, blocks, seed, idle)
            search.enter("columns")
            is_bounded = _bound(search, blocks, seed, patience)  # a better plan leaves fewer connections to look at
            search.enter("parts")
            seed += 1  # or the parts to come would be chosen like those before
    idle = _SOON if is_bounded else _IDLE
    while not search.is_proven:
        before = search.objective
        improve_parts(search, blocks, seed, idle)
        is_stuck = search.objective == before
        if search.is_proven or not is_bounded or (is_stuck and idle == _IDLE):
            break
        search.enter("columns")
        blocks.close_lists()
        search.enter("parts")
        idle, seed = _IDLE if is_stuck else idle, seed + 1


def _prove_level(search: Search, arcs: Arcs, vehicles: Vehicles, whole: VertexCover) -> int:
    """What the fleet costs at least, by the buses that each tier of trips needs, and by the day's busiest part.

    By tiers, in units: without minutes between trips.
    """
    tiers = tiers_of(arcs, vehicles, whole, search.poll)
    undriven, worth = least_cost(tiers, arcs, vehicles), vehicles.cheapest
    workload = Workload.busiest(arcs, worth)
    search.show("cost by tiers of routes", evidence.by_tiers(tiers, arcs, vehicles))
    search.show("cost by work", evidence.by_cost_of_work(workload, arcs, vehicles))
    search.prove_level(vehicles.unit * max(undriven, workload.least_level(arcs, worth)))
    search.prove_deadhead(search.bound.first_level, 0)
    return undriven


def _dive(relaxation: FleetRelaxation, seed: int, *, once: bool) -> None:
    """Dives over links from several optimal corners of the programme.

    One where the first level is open then: whole blocks find more there.
    once: not from other corners.
    """
    search, rng = relaxation.search, np.random.default_rng(seed)
    for _ in range(_DIVES):
        undecided = relaxation.undecided_trips()
        search.enter("dive")
        ArcDive(relaxation).run()
        if search.is_proven or search.objective is None or search.has_open_level or once:
            return
        search.enter("root")
        relaxation.master.shake(undecided, rng)
        relaxation.converge()
        if search.is_proven:
            return
