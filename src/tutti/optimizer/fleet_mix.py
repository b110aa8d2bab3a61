"""Several vehicle types: planned as one that can run every trip, then each block is given buses that really can."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ortools.graph.python import min_cost_flow

from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status
from tutti.fleet.problem import Problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.arcs import Arcs
from tutti.optimizer.callbacks import Callback
from tutti.optimizer.plans import chains_of, plan_of
from tutti.optimizer.progress import Progress
from tutti.optimizer.result import Result
from tutti.optimizer.stop import Stop

_NONE_FOUND = "no plan was found with as few buses as the fleet has, but that there is none is not proven"


def is_mixed(problem: Problem) -> bool:
    """Whether buses differ or are limited, so that it matters which of them runs a block."""
    one, *others = problem.vehicle_types
    return bool(others) or one.count is not None or problem.has_costs


def as_one_type(problem: Problem) -> Problem:
    """The same trips for as many buses as are needed that can run all of them: no plan of `problem` is better."""
    seats = max(vehicle.seats for vehicle in problem.vehicle_types)
    trips = tuple(replace(trip, fewest_seats=0, most_seats=None, features=frozenset()) for trip in problem.trips)
    return replace(problem, trips=trips, vehicle_types=(VehicleType("any", seats),))


def too_few_buses(problem: Problem, bound: Bound) -> str | None:
    """A sentence if more buses are proven to be needed than there are, else None."""
    counts = [vehicle.count for vehicle in problem.vehicle_types if vehicle.count is not None]
    if len(counts) < len(problem.vehicle_types) or sum(counts) >= bound.buses:
        return None
    return f"at least {bound.buses} buses are needed whatever their types, the fleet has {sum(counts)}"


def with_types(problem: Problem, arcs: Arcs, plan: Plan) -> Plan | None:
    """A plan for one type, cut where no type can run all trips of a block; the cheapest buses for what that leaves.

    None if the fleet hasn't enough buses for these blocks.
    """
    chains = [piece for chain in chains_of(problem, arcs, plan) for piece in _pieces(problem, chain)]
    vehicles = _cheapest(problem, arcs, chains)
    return None if vehicles is None else plan_of(problem, arcs, chains, vehicles)


def _pieces(problem: Problem, chain: Sequence[int]) -> list[list[int]]:
    pieces: list[list[int]] = [[]]
    for trip in chain:
        if problem.able(problem.trips[each] for each in (*pieces[-1], trip)):
            pieces[-1].append(trip)
        else:
            pieces.append([trip])
    return pieces


def _cheapest(problem: Problem, arcs: Arcs, chains: Sequence[Sequence[int]]) -> list[VehicleType] | None:
    """A type for each chain, cheapest in all; None if there are too few buses."""
    able = [problem.able(problem.trips[trip] for trip in chain) for chain in chains]
    if all(vehicle.count is None for vehicle in problem.vehicle_types):
        return [vehicles[0] for vehicles in able]
    return _dealt_out(problem, arcs, chains, able)


def _dealt_out(
    problem: Problem, arcs: Arcs, chains: Sequence[Sequence[int]], able: Sequence[Sequence[VehicleType]]
) -> list[VehicleType] | None:
    """A transportation problem: each chain takes one bus of a type that is able, no type gives more than it has."""
    types = sorted(problem.vehicle_types, key=lambda each: each.by_cost)
    node = {vehicle: len(chains) + rank for rank, vehicle in enumerate(types)}
    sink = len(chains) + len(types)
    flow = min_cost_flow.SimpleMinCostFlow()
    offers = []
    for number, (chain, vehicles) in enumerate(zip(chains, able, strict=True)):
        deadhead = sum(int(arcs.travel[tail, head]) for tail, head in pairwise(chain))
        service = int(arcs.duration[list(chain)].sum())
        for vehicle in vehicles:
            rank = node[vehicle] - len(chains)  # between equally dear buses the smaller one
            cost = (vehicle.first_level + vehicle.running_cost(deadhead, service)) * len(types) * len(chains) + rank
            offers.append((flow.add_arc_with_capacity_and_unit_cost(number, node[vehicle], 1, cost), number, vehicle))
        flow.set_node_supply(number, 1)
    for vehicle in types:
        count = len(chains) if vehicle.count is None else vehicle.count
        flow.add_arc_with_capacity_and_unit_cost(node[vehicle], sink, count, 0)
    flow.set_node_supply(sink, -len(chains))
    if flow.solve() != flow.OPTIMAL:
        return None
    chosen = {number: vehicle for arc, number, vehicle in offers if flow.flow(arc)}
    return [chosen[number] for number in range(len(chains))]


def bound_for(problem: Problem, bound: Bound) -> Bound:
    """What a bound for one type says of the mixed fleet: so many buses, each at least as dear as the cheapest."""
    if not problem.has_costs:
        return bound
    cheapest = min(vehicle.first_level for vehicle in problem.vehicle_types)
    service = sum(
        trip.duration_min * min(vehicle.service_cost_per_min for vehicle in problem.able([trip]))
        for trip in problem.trips
    )
    # a plan that costs just that has just so many buses, if each of them costs something
    return Bound(bound.buses, bound.deadhead_min if cheapest else None, bound.buses * cheapest + service)


class MixedFleet(Callback):
    """Stands between a solve as one type and those who asked for a mixed fleet: they hear of plans they can use."""

    def __init__(self, problem: Problem, stop: Stop, callbacks: Sequence[Callback]) -> None:
        self._problem = problem
        self._stop = stop
        self._callbacks = callbacks
        self._arcs = Arcs.of(problem)
        self._plan: Plan | None = None

    def on_start(self, problem: Problem) -> None:
        """Pass it on."""
        for callback in self._callbacks:
            callback.on_start(self._problem)

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Pass on the plan with its types if that is better than the one before."""
        mixed = with_types(self._problem, self._arcs, plan)
        if mixed is None or (self._plan is not None and mixed.objective >= self._plan.objective):
            return
        self._plan = mixed
        for callback in self._callbacks:
            callback.on_incumbent(mixed, mixed.objective, self._told(progress, mixed))

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """Pass on what the bound says of the mixed fleet."""
        for callback in self._callbacks if self._plan is not None else ():
            callback.on_bound(bound_for(self._problem, bound), self._told(progress, self._plan))

    def rule(self, progress: Progress) -> str | None:
        """The stopping rule, asked with what is known of the mixed fleet."""
        return self._stop(self._told(progress, self._plan))

    def _told(self, progress: Progress, mixed: Plan | None) -> Progress:
        if mixed is None:  # no gap, for there is no plan that could be used
            return replace(progress, bound=Bound(0))
        bound = bound_for(self._problem, progress.bound)
        return replace(progress, objective=mixed.objective, bound=_comparable(mixed.objective, bound))

    def result(self, result: Result) -> Result:
        """The answer of the solve as one type, told of the mixed fleet."""
        told = replace(result, plan=self._plan, certificate=self._certificate(result.certificate))
        for callback in self._callbacks:
            callback.on_end(told)
        return told

    def _certificate(self, known: Certificate) -> Certificate:
        if known.bound is None:
            return known
        bound = bound_for(self._problem, known.bound)
        if self._plan is None:
            proven = too_few_buses(self._problem, bound)
            status = Status.INFEASIBLE if proven else Status.UNKNOWN
            return replace(known, status=status, objective=None, bound=None, reasons=(proven or _NONE_FOUND,))
        objective = self._plan.objective
        told = replace(known, objective=objective, bound=_comparable(objective, bound))
        return replace(told, status=Status.FEASIBLE) if known.status is Status.OPTIMAL and told.gap != 0 else told


def _comparable(objective: Objective, bound: Bound) -> Bound:
    """The bound without its deadhead where the plan is above its first level: it says nothing about such plans."""
    return replace(bound, deadhead_min=None) if objective.first_level > bound.first_level else bound
