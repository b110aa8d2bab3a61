"""The stages of a solve in their order, each skipped when the ones before it have proven the plan."""

from contextlib import suppress

import numpy as np

from tutti.fleet.errors import SolverError
from tutti.fleet.obstacles import obstacles
from tutti.fleet.plan import Plan, Status
from tutti.fleet.problem import Problem
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.links.arc_dive import ArcDive
from tutti.optimizer.links.closing import close_gap
from tutti.optimizer.links.fixed_times import relink_at_fixed_times
from tutti.optimizer.links.fleet_size import first_columns, relax_windows
from tutti.optimizer.links.master import Master
from tutti.optimizer.links.nearest_depots import NearestDepots
from tutti.optimizer.links.relaxation import Relaxation
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.needed_types import with_needed_types
from tutti.optimizer.model.plans import chains_of
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.exchange import Exchange
from tutti.optimizer.state.result import Result
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.signals import LinksEnd, Refuted, Stopped
from tutti.optimizer.state.stop import never
from tutti.optimizer.state.terms import Terms
from tutti.optimizer.whole_fleet import plan_fleet
from tutti.optimizer.without_depots import Told, without_depots

_NEAR_BUSES = 3  # above the bound: from farther away, whole blocks get nearer than one more bus after another


def run_stages(problem: Problem, terms: Terms) -> Result:
    """As `solve`, but where buses are counted it may end without a plan, or a proof that there is none."""
    problem = with_needed_types(problem)
    if terms.cores < 2:
        return _solve(Search(problem, terms.stop, terms.callbacks), terms.seed, terms.initial)
    from tutti.optimizer.companions import Companions  # noqa: PLC0415  # processes take a while to import

    with Companions(problem, terms.seed, terms.cores - 1) as companions:
        return _solve(Search(problem, terms.stop, terms.callbacks, exchange=companions), terms.seed, terms.initial)


def _solve(search: Search, seed: int, initial: Plan | None) -> Result:
    found = obstacles(search.problem)
    if found:
        return search.infeasible(tuple(map(str, found)))
    search.begin()
    try:
        _run(search, seed, initial)
    except Stopped as stopped:
        return search.result(str(stopped))
    except Refuted as refuted:
        return search.infeasible((str(refuted),))
    except SolverError as error:
        if search.plan is None:
            raise
        return search.result(None, trouble=f"the proof was given up: {error}")
    return search.result(None)


def solve_beside(problem: Problem, seed: int, exchange: Exchange) -> Result:
    """As `solve`, beside another of the same problem, in exchange with that. Blocks may be of any length."""
    return _solve(Search(problem, never, (), exchange=exchange), seed, None)


def _run(search: Search, seed: int, initial: Plan | None) -> None:
    """The stages, each skipped when the ones before it have proven the plan."""
    search.enter("connections")
    arcs = Arcs.of(search.problem)
    search.offer(arcs, [[trip] for trip in range(arcs.n)])
    if initial is not None:
        search.offer(arcs, chains_of(search.problem, arcs, initial))
    if arcs.n == 0:
        search.prove_buses(0)
        search.prove_deadhead(0, 0)
        return
    vehicles = Vehicles.of(search.problem, arcs)
    nearest = None
    if vehicles.is_one_type:
        search.asks_links = True
        with suppress(LinksEnd):
            weights = Weights.of_nearest_depots(arcs, vehicles)
            if vehicles.has_depots:
                nearest = _relax_depots(search, weights, vehicles, seed)
            else:
                _plan_one_type(search, weights, vehicles, seed)
        search.asks_links = False
    elif (simpler := without_depots(search.problem)) is not None:
        _plan_without_depots(search, arcs, simpler, seed)
    if not search.is_proven:
        plan_fleet(search, arcs, vehicles, seed, nearest)


def _plan_without_depots(search: Search, arcs: Arcs, simpler: Problem, seed: int) -> None:
    """The first level of a fleet, and blocks at that, whose depots are left to the stages that follow."""
    told = Told(search, arcs)
    result = _solve(Search(with_needed_types(simpler), told.rule, [told]), seed, search.plan)
    if result.certificate.status is Status.INFEASIBLE:
        search.refute(result.certificate.reasons[0])
    search.proof = search.proof.joined(result.proof)
    search.poll()


def _plan_one_type(search: Search, weights: Weights, vehicles: Vehicles, seed: int) -> None:
    """Fewest buses, then least deadhead, where buses don't differ."""
    relaxation = _relaxation(search, weights, vehicles, seed)
    master = relaxation.master
    rng = np.random.default_rng(seed)
    known = search.bound.buses
    relaxation.converge()
    close_gap(relaxation, rng, known)
    while (buses := _next_aim(search, master.buses, known)) is not None:
        search.enter("root")
        master.set_buses(buses)
        relaxation.converge()
        close_gap(relaxation, rng, known)


def _relax_depots(search: Search, weights: Weights, vehicles: Vehicles, seed: int) -> NearestDepots:
    """Fewest buses, and bounds and a plan as if each block could begin and end at the nearest depots."""
    relaxation = _relaxation(search, weights, vehicles, seed)
    relaxation.converge()
    nearest = NearestDepots.of(relaxation)
    if not search.is_proven:
        search.enter("dive")
        ArcDive(relaxation).run()
    return nearest


def _relaxation(search: Search, weights: Weights, vehicles: Vehicles, seed: int) -> Relaxation:
    """The programme over connections as the flow leaves it, to be solved."""
    arcs = weights.arcs
    search.enter("flow")
    flow = relax_windows(search, arcs, weights)
    relink_at_fixed_times(search, arcs, vehicles, seed)
    flow, tail, head, reduced_cost = first_columns(search, arcs, weights, flow)
    search.enter("root")
    master = Master(Cuts(arcs), weights, flow.buses, seed=seed, wants_stop=search.wants_stop)
    master.add_arcs(tail, head)
    master.start_from_flow(flow.successor, reduced_cost)
    return Relaxation(search, weights, master)


def _next_aim(search: Search, buses: int, known: int) -> int | None:
    """How many buses to look for after `buses`: what links prove least, else one more while the best plan has more.

    known: buses that were proven without them.
    """
    if search.is_proven or search.objective is None:
        return None
    if search.bound.buses > max(buses, known):
        return search.bound.buses
    return buses + 1 if buses < search.objective.buses <= buses + _NEAR_BUSES else None
