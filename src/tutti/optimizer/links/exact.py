"""The best blocks for a part of the trips, with exact start minutes, by CP-SAT."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import mul
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np

from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs, Ints
from tutti.optimizer.model.weights import Weights

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """Trips to put into exactly `buses` blocks by the given arcs, with deadhead minutes between two limits.

    No such blocks have less than `least_min`; only those with at most `most_min` (None: any) are of use.
    """

    trips: Ints
    tail: Ints
    head: Ints
    buses: int
    least_min: int
    most_min: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found and proven for a part and its arcs.

    successor: of each trip of the part, by trip number; None if no blocks of use were found. least_min: a lower bound
    of their deadhead; None if that few blocks are proven impossible.
    """

    successor: dict[int, int] | None
    least_min: int | None


def best_blocks(
    weights: Weights, part: Part, hint: Ints, *, seed: int, effort: float, wants_stop: Callable[[], bool]
) -> Outcome:
    """Least deadhead for a part. hint: a successor array for all trips. effort: CP-SAT's deterministic seconds."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  # takes a quarter of a second that most days don't need

    model = cp_model.CpModel()
    links = _add_blocks(model, weights.arcs, part)
    for (tail, head), link in links.items():
        model.add_hint(link, bool(hint[tail] == head))
    added = weights.minutes(part.tail, part.head).tolist()
    deadhead = int(weights.alone_min[part.trips].sum()) + sum(map(mul, added, links.values()))
    model.add(deadhead >= part.least_min)  # lets the search end at the bound instead of proving it anew
    if part.most_min is not None:
        model.add(deadhead <= part.most_min)
    model.minimize(deadhead)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.use_overload_checker_in_cumulative = True
    solver.parameters.use_timetable_edge_finding_in_cumulative = True
    status = _solve(solver, model, wants_stop)
    if status == cp_model.INFEASIBLE:
        return Outcome(None, None if part.most_min is None else part.most_min + 1)
    least = max(part.least_min, int(np.ceil(solver.best_objective_bound - 1e-6)))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, least)
    successor = dict.fromkeys(part.trips.tolist(), NONE)
    successor.update(arc for arc, link in links.items() if solver.boolean_value(link))
    return Outcome(successor, least)


def _add_blocks(model: "cp_model.CpModel", arcs: Arcs, part: Part) -> "dict[tuple[int, int], cp_model.BoolVarT]":
    """Start minutes and links; blocks are circuits through a garage, and a link makes its head wait for the bus."""
    trips = part.trips.tolist()
    garage, node = 0, {trip: number for number, trip in enumerate(trips, 1)}
    start = {i: model.new_int_var(int(arcs.earliest[i]), int(arcs.latest[i]), "") for i in trips}
    ends = {i: model.new_bool_var("") for i in trips}
    edges = [(garage, node[i], model.new_bool_var("")) for i in trips] + [(node[i], garage, ends[i]) for i in trips]
    links = {}
    for tail, head in zip(part.tail.tolist(), part.head.tolist(), strict=True):
        link = links[tail, head] = model.new_bool_var("")
        edges.append((node[tail], node[head], link))
        minutes = int(arcs.duration[tail]) + int(arcs.travel[tail, head])
        model.add(start[tail] + minutes <= start[head]).only_enforce_if(link)
    model.add_multiple_circuit(edges)
    model.add(sum(ends.values()) == part.buses)
    _order_equal_trips(model, arcs, start)
    _bound_buses_at_work(model, arcs, part, start, ends)
    return links


def _bound_buses_at_work(
    model: "cp_model.CpModel",
    arcs: Arcs,
    part: Part,
    start: "dict[int, cp_model.IntVar]",
    ends: "dict[int, cp_model.BoolVarT]",
) -> None:
    """At no minute are more trips under way than there are buses, each with the shortest travel after it.

    The circuits imply it, but only this lets CP-SAT refute a number of buses where windows are wide.
    """
    travel = np.zeros(arcs.n, dtype=np.int64)
    travel[part.tail] = NO_ARC
    np.minimum.at(travel, part.tail, arcs.travel[part.tail, part.head])
    under_way = []
    for trip, first in start.items():
        alone, after = int(arcs.duration[trip]), int(travel[trip])
        until = model.new_int_var(int(arcs.earliest[trip]) + alone, int(arcs.latest[trip]) + alone + after, "")
        under_way.append(model.new_interval_var(first, alone + after - after * ends[trip], until, ""))
    model.add_cumulative(under_way, [1] * len(under_way), part.buses)


def _order_equal_trips(model: "cp_model.CpModel", arcs: Arcs, start: "dict[int, cp_model.IntVar]") -> None:
    """Trips that differ only in what was asked for can change places: the first starts first."""
    last: dict[tuple[int, ...], int] = {}
    for trip in start:
        key = tuple(int(of[trip]) for of in (arcs.earliest, arcs.latest, arcs.duration, arcs.origin, arcs.destination))
        if key in last:
            model.add(start[last[key]] <= start[trip])
        last[key] = trip


def _solve(
    solver: "cp_model.CpSolver", model: "cp_model.CpModel", wants_stop: Callable[[], bool]
) -> "cp_model.CpSolverStatus":
    """Solve in a thread, so that the stopping rule is asked here meanwhile."""
    answer: list[cp_model.CpSolverStatus] = []
    thread = Thread(target=lambda: answer.append(solver.solve(model)), name="cp-sat", daemon=True)
    thread.start()
    while thread.is_alive():
        if wants_stop():
            solver.stop_search()
        thread.join(_POLL_S)
    return answer[0]
