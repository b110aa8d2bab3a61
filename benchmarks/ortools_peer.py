"""Solves a day with the routing library of OR-Tools, guided local search, on the model that `pyvrp_peer` has, too."""

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from pyvrp_peer import longest_min, minutes_of
from tutti.fleet.plan import Plan
from tutti.fleet.problem import Problem
from tutti.optimizer.model.arcs import NO_ARC, Arcs, Ints
from tutti.optimizer.model.plans import plan_of
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.whole_blocks import WholeBlocks

_LEAST_BUS_MIN = 1000  # deadhead minutes that the cheapest bus is worth, at least
_FEW_BUSES = 50


def plan_by_ortools(problem: Problem, seconds: float) -> Plan | None:
    """The best plan that it finds in so many seconds; None if it finds none.

    It gets half as many buses of each kind as there are routes that the kind may run, or fifty: more than any good plan
    of many routes needs, and each of them costs it time.
    """
    if problem.limits.break_after_min is not None:
        raise SystemExit("this model of OR-Tools has no breaks")
    arcs = Arcs.of(problem)
    vehicles = Vehicles.of(problem, arcs)
    runnable = vehicles.able.sum(axis=1)
    most = np.minimum(vehicles.count[vehicles.type_of], np.maximum(runnable // 2, np.minimum(runnable, _FEW_BUSES)))
    kinds = np.repeat(np.arange(vehicles.size), most).tolist()
    index = pywrapcp.RoutingIndexManager(arcs.n + 1, len(kinds), 0)
    routing = pywrapcp.RoutingModel(index)
    _add_costs(routing, arcs, vehicles, kinds)
    _add_times(routing, index, problem, arcs, vehicles, kinds)
    _add_abilities(routing, index, vehicles, kinds)
    solution = routing.SolveWithParameters(_parameters(seconds))
    if solution is None:
        return None
    chains = [_chain(routing, index, solution, bus) for bus in range(len(kinds))]
    used = [(chain, vehicles.kinds[kind]) for chain, kind in zip(chains, kinds, strict=True) if chain]
    plan = plan_of(problem, arcs, [chain for chain, _ in used], [kind for _, kind in used])
    return WholeBlocks(problem, arcs).kept_by(plan)  # which starts blocks so that they are short enough


def _add_costs(routing: pywrapcp.RoutingModel, arcs: Arcs, vehicles: Vehicles, kinds: list[int]) -> None:
    longest = int(arcs.travel[arcs.travel < NO_ARC].max(initial=0))
    unit = -(-max(_LEAST_BUS_MIN, 10 * longest) // max(1, int(vehicles.fixed.min())))
    running = np.concatenate([[0], arcs.duration])
    callbacks = []
    for kind in range(vehicles.size):
        minutes = minutes_of(arcs, vehicles, kind)
        cost = (1 + unit * int(vehicles.per_deadhead[kind])) * minutes
        cost += unit * int(vehicles.per_service[kind]) * running
        callbacks.append(routing.RegisterTransitMatrix(cost.tolist()))
    for bus, kind in enumerate(kinds):
        routing.SetArcCostEvaluatorOfVehicle(callbacks[kind], bus)
        routing.SetFixedCostOfVehicle(unit * int(vehicles.fixed[kind]), bus)


def _add_times(
    routing: pywrapcp.RoutingModel, index: pywrapcp.RoutingIndexManager, problem: Problem, arcs: Arcs,
    vehicles: Vehicles, kinds: list[int],
) -> None:  # fmt: skip
    duration = np.concatenate([[0], arcs.duration])[:, None]
    tables: list[Ints] = [minutes_of(arcs, vehicles, kind) + duration for kind in range(vehicles.size)]
    callbacks = [routing.RegisterTransitMatrix(table.tolist()) for table in tables]
    latest = int((arcs.latest + arcs.duration).max() + vehicles.pull_in.max(initial=0))
    routing.AddDimensionWithVehicleTransits([callbacks[kind] for kind in kinds], latest, latest + 1, False, "time")
    time = routing.GetDimensionOrDie("time")
    for at, trip in enumerate(problem.trips, 1):
        time.CumulVar(index.NodeToIndex(at)).SetRange(trip.earliest_min, trip.latest_min)
    for bus in range(len(kinds)):
        time.CumulVar(routing.Start(bus)).SetRange(0, latest)
        time.SetSpanUpperBoundForVehicle(min(latest, longest_min(problem)), bus)


def _add_abilities(
    routing: pywrapcp.RoutingModel, index: pywrapcp.RoutingIndexManager, vehicles: Vehicles, kinds: list[int]
) -> None:
    for trip, able in enumerate(vehicles.able.T):
        if not able.all():
            others = [bus for bus, kind in enumerate(kinds) if not able[kind]]
            routing.VehicleVar(index.NodeToIndex(trip + 1)).RemoveValues(others)


def _parameters(seconds: float) -> "pywrapcp.RoutingSearchParameters":
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(1000 * seconds))
    return parameters


def _chain(
    routing: pywrapcp.RoutingModel, index: pywrapcp.RoutingIndexManager, solution: pywrapcp.Assignment, bus: int
) -> list[int]:
    """The trips of a bus in driving order."""
    chain = []
    at = solution.Value(routing.NextVar(routing.Start(bus)))
    while not routing.IsEnd(at):
        chain.append(index.IndexToNode(at) - 1)
        at = solution.Value(routing.NextVar(at))
    return chain
