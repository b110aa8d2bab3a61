"""Why a plan needs its buses, and which windows would free one: found in the proof, and checked by planning again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tutti.fleet.plan import Objective, Plan
from tutti.fleet.problem import Problem, Trip
from tutti.optimizer.bounds.ways_round import with_ways_round
from tutti.optimizer.bounds.witness import Hurdle, witness_of
from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.solve import solve
from tutti.optimizer.state.progress import Progress
from tutti.optimizer.state.stop import Stop, any_of, time_limit

_SETTLED_S = 2.0  # without less deadhead, once fewer buses or a lower cost are proven least


@dataclass(frozen=True, slots=True)
class Need:
    """Routes of which no two can share a bus: so many buses are needed, each at least as dear as `least_cost` if given.

    types: names of those that can run at least one of them; only they can be among these buses.
    """

    routes: tuple[str, ...]
    types: tuple[str, ...]
    least_cost: int | None


@dataclass(frozen=True, slots=True)
class Relief:
    """A window that is `minutes` wider at one end, and what a plan then amounts to, found by planning again.

    earlier: the route may start so much earlier than now; else so much later. Then `tail` can be followed by `head`.
    """

    route: str
    minutes: int
    earlier: bool
    tail: str
    head: str
    objective: Objective


@dataclass(frozen=True, slots=True)
class Explanation:
    """Needs, the first of all routes, then of those that only dearer and dearer types can run; and what would help."""

    objective: Objective
    needs: tuple[Need, ...]
    reliefs: tuple[Relief, ...]
    tried: int


def explain(
    problem: Problem,
    plan: Plan,
    *,
    most_reliefs: int = 5,
    seconds_each: float = 10.0,
    not_before_min: int | None = None,
) -> Explanation:
    """Why `plan`, a valid one of `problem`, needs its buses, and which windows would make it cheaper.

    At most 3 * most_reliefs windows are tried, the narrowest lack first, each by a solve of seconds_each at most.
    not_before_min: no start before that minute after midnight is proposed. Depots and limits of blocks are not part
    of the needs; plans with wider windows keep them. Routes that the plan drops count nowhere.
    """
    dropped = set(plan.dropped)
    problem = replace(problem, trips=tuple(trip for trip in problem.trips if trip.id not in dropped))
    arcs = Arcs.of(problem)
    needs: list[Need] = []
    hurdles: list[Hurdle] = []
    for least_cost, members in _classes(problem):
        part = replace(problem, trips=tuple(problem.trips[number] for number in members.tolist()))
        found = witness_of(part, with_ways_round(arcs, members), most_reliefs)
        trips = [part.trips[number] for number in found.trips]
        needs.append(Need(tuple(trip.id for trip in trips), _types_for(problem, trips), least_cost))
        hurdles += [replace(each, tail=int(members[each.tail]), head=int(members[each.head])) for each in found.hurdles]
    reliefs: list[Relief] = []
    tried = 0
    for change in _changes(problem, hurdles, not_before_min):
        if len(reliefs) == most_reliefs or tried == 3 * most_reliefs:
            break
        tried += 1
        if (relief := _relief(problem, plan, change, seconds_each)) is not None:
            reliefs.append(relief)
    return Explanation(plan.objective, tuple(needs), tuple(reliefs), tried)


def _classes(problem: Problem) -> Iterator[tuple[int | None, Ints]]:
    """All trips by number, then those that only types of a higher cost can run, for each cost there is."""
    yield None, np.arange(len(problem.trips))
    if not problem.has_costs:
        return
    cheapest = np.array([min(vehicle.first_level for vehicle in problem.able([trip])) for trip in problem.trips])
    for least in np.unique(cheapest)[1:].tolist():
        yield least, np.flatnonzero(cheapest >= least)


def _types_for(problem: Problem, trips: list[Trip]) -> tuple[str, ...]:
    able = {vehicle.name for trip in trips for vehicle in problem.able([trip])}
    return tuple(vehicle.name for vehicle in problem.vehicle_types if vehicle.name in able)


@dataclass(frozen=True, slots=True)
class _Change:
    number: int
    earlier: bool
    hurdle: Hurdle


def _changes(problem: Problem, hurdles: list[Hurdle], not_before_min: int | None) -> Iterator[_Change]:
    """Each hurdle taken by its tail's earlier start, or else by its head's later one."""
    seen = set()
    for hurdle in sorted(hurdles, key=lambda each: each.short_min):
        for number, earlier in ((hurdle.tail, True), (hurdle.head, False)):
            start = problem.trips[number].earliest_min - hurdle.short_min
            if earlier and not_before_min is not None and start < not_before_min:
                continue
            if (number, earlier) not in seen:
                seen.add((number, earlier))
                yield _Change(number, earlier, hurdle)


def _relief(problem: Problem, plan: Plan, change: _Change, seconds: float) -> Relief | None:
    trip, minutes = problem.trips[change.number], change.hurdle.short_min
    if change.earlier:
        wider = replace(trip, earliest_min=trip.earliest_min - minutes)
    else:
        wider = replace(trip, latest_min=trip.latest_min + minutes)
    trips = (*problem.trips[: change.number], wider, *problem.trips[change.number + 1 :])
    stop = any_of(_until_it_is_clear(plan.objective.first_level), time_limit(seconds))
    better = solve(replace(problem, trips=trips), initial=plan, stop=stop).plan
    if better is None or better.objective.first_level >= plan.objective.first_level:
        return None
    tail, head = problem.trips[change.hurdle.tail].id, problem.trips[change.hurdle.head].id
    return Relief(trip.id, minutes, change.earlier, tail, head, better.objective)


def _until_it_is_clear(level: int) -> Stop:
    """Stop when no plan is below that first level, or no plan below the one found, whose deadhead has settled."""

    def rule(progress: Progress) -> str | None:
        proven = progress.bound.first_level
        if proven >= level:
            return "it frees none"
        is_least = progress.objective.first_level == proven
        return "it frees one" if is_least and progress.seconds_since_improvement >= _SETTLED_S else None

    return rule
