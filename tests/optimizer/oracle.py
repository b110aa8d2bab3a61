"""Optimal plans found without the optimizer: by trying everything (8 trips at most) and by CP-SAT (25 at most)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise

from ortools.sat.python import cp_model

from tutti.fleet.problem import Problem, Trip

_ANY_MIN = 10**6  # where there is no limit


@dataclass(frozen=True, slots=True, order=True)
class Optimum:
    """The fewest buses, and the least deadhead minutes with that many buses."""

    buses: int
    deadhead_min: int


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out: `best` is the value of a plan, and no plan has a lower one than `least`."""

    least: Optimum
    best: Optimum

    @property
    def is_exact(self) -> bool:
        """Whether the optimum is known."""
        return self.least == self.best


def try_everything(problem: Problem) -> Optimum:
    """The optimum over all ways to split the trips into chains, each driven as early as it can be.

    A chain may be driven from any depot.
    """
    cheapest = _cheapest_orders(problem)

    @cache
    def best(left: frozenset[int]) -> Optimum:
        if not left:
            return Optimum(0, 0)
        first = min(left)
        others = sorted(left - {first})
        subsets = (frozenset((first, *joined)) for size in range(len(left)) for joined in combinations(others, size))
        return min(_with_chain(best(left - chain), cheapest[chain]) for chain in subsets if chain in cheapest)

    return best(frozenset(range(len(problem.trips))))


def _with_chain(rest: Optimum, deadhead_min: int) -> Optimum:
    return Optimum(rest.buses + 1, rest.deadhead_min + deadhead_min)


def _cheapest_orders(problem: Problem) -> dict[frozenset[int], int]:
    """For each set of trips that one bus can run: the least deadhead of an order in which it can."""
    cheapest: dict[frozenset[int], int] = {}
    for chain in drivable_chains(problem):
        trips = [problem.trips[number] for number in chain]
        deadhead = sum(problem.travel.minutes(a.destination, b.origin) for a, b in pairwise(trips))
        deadhead += least_pulls(problem, chain)
        members = frozenset(chain)
        cheapest[members] = min(deadhead, cheapest.get(members, deadhead))
    return cheapest


def least_pulls(problem: Problem, chain: tuple[int, ...]) -> int:
    """The least pull-out and pull-in together for a block of these trips."""
    first, last = problem.trips[chain[0]], problem.trips[chain[-1]]
    pulls = (problem.pull_out_min(depot, first) + problem.pull_in_min(last, depot) for depot in problem.depots)
    return min(pulls, default=0)


def drivable_chains(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every order of every set of trips, by number, that one bus can run; each starts as early as it can."""

    def extended(chain: tuple[int, ...], start: int) -> Iterator[tuple[int, ...]]:
        yield chain
        last = problem.trips[chain[-1]]
        for number, trip in enumerate(problem.trips):
            ready = start + last.duration_min + problem.travel.minutes(last.destination, trip.origin)
            if number not in chain and ready <= trip.latest_min:
                yield from extended((*chain, number), max(trip.earliest_min, ready))

    for number, trip in enumerate(problem.trips):
        yield from extended((number,), trip.earliest_min)


def keeps_limits(problem: Problem, chain: tuple[int, ...], pull_out_min: int, pull_in_min: int) -> bool:
    """Whether a block of these trips keeps its longest time and its breaks at some starts, all tried."""
    first = problem.trips[chain[0]]
    return any(
        _keeps_from(problem, chain, start - pull_out_min, start, pull_in_min)
        for start in range(first.earliest_min, first.latest_min + 1)
    )


def _keeps_from(problem: Problem, chain: tuple[int, ...], left: int, start: int, pull_in_min: int) -> bool:
    """The same for one that leaves its depot at a minute and begins its first trip at `start`."""
    limits, trips = problem.limits, [problem.trips[number] for number in chain]
    most_work = limits.break_after_min or _ANY_MIN
    longest = limits.longest_min or _ANY_MIN
    states = {(left, start)}  # when work began, and when the trip starts
    for number, trip in enumerate(trips):
        if number:
            before = trips[number - 1]
            travel = problem.travel.minutes(before.destination, trip.origin)
            states = {
                (minute - travel if minute - ready >= limits.break_min else began, minute)
                for began, started in states
                for ready in [started + before.duration_min + travel]
                for minute in range(max(trip.earliest_min, ready), trip.latest_min + 1)
            }
        back = pull_in_min if trip is trips[-1] else 0
        states = {each for each in states if each[1] + trip.duration_min + back - each[0] <= most_work}
    return any(start + trips[-1].duration_min + pull_in_min - left <= longest for _, start in states)


def prove(problem: Problem, *, effort: float = 20.0) -> Known:
    """The optimum by CP-SAT, or what it knows after `effort` (deterministic seconds) for each of two solves.

    Starts and links are variables; first the fewest buses are found, then the least deadhead with as many.
    """
    model = _LinkModel(problem)
    if not model.links:
        alone = Optimum(len(problem.trips), 0)
        return Known(alone, alone)
    buses, fewest = model.least(model.buses, effort)
    model.cp.add(model.buses == buses)
    deadhead, least_deadhead = model.least(model.deadhead, effort)
    return Known(Optimum(fewest, least_deadhead if fewest == buses else 0), Optimum(buses, deadhead))


class _LinkModel:
    """A start minute for each trip and a yes or no for each link; blocks are circuits through a garage."""

    def __init__(self, problem: Problem) -> None:
        self.cp = cp_model.CpModel()
        self.trips = problem.trips
        self.starts = [self.cp.new_int_var(trip.earliest_min, trip.latest_min, "") for trip in problem.trips]
        self.links: dict[tuple[int, int], cp_model.IntVar] = {}
        self.travel: dict[tuple[int, int], int] = {}
        for i, before in enumerate(problem.trips):
            for j, after in enumerate(problem.trips):
                travel = problem.travel.minutes(before.destination, after.origin)
                if i != j and before.earliest_min + before.duration_min + travel <= after.latest_min:
                    self._add_link(i, j, travel)
        if not self.links:
            return
        self.ends = [self.cp.new_bool_var("") for _ in problem.trips]
        self.firsts = [self.cp.new_bool_var("") for _ in problem.trips]
        garage = 0  # trip i is node i + 1
        leaving = [(garage, i + 1, first) for i, first in enumerate(self.firsts)]
        entering = [(i + 1, garage, end) for i, end in enumerate(self.ends)]
        self.cp.add_multiple_circuit([*leaving, *entering, *((i + 1, j + 1, x) for (i, j), x in self.links.items())])
        self.buses = self.cp.new_int_var(1, len(problem.trips), "")
        self.cp.add(self.buses == sum(self.ends))
        self.deadhead = cp_model.LinearExpr.weighted_sum(
            list(self.links.values()), [self.travel[pair] for pair in self.links]
        )
        self._bound_buses_at_work()
        self._order_equal_trips()
        self._hint_one_bus_a_trip()

    def _add_link(self, i: int, j: int, travel: int) -> None:
        link = self.cp.new_bool_var("")
        self.cp.add(self.starts[i] + self.trips[i].duration_min + travel <= self.starts[j]).only_enforce_if(link)
        self.links[i, j], self.travel[i, j] = link, travel

    def _bound_buses_at_work(self) -> None:
        """No more trips run at once than there are buses, each with the least travel after it: implied, but quick."""
        busy = []
        for i, trip in enumerate(self.trips):
            travel = min((minutes for (tail, _), minutes in self.travel.items() if tail == i), default=0)
            length = trip.duration_min + travel - travel * self.ends[i]
            end = self.cp.new_int_var(trip.earliest_min, trip.latest_min + trip.duration_min + travel, "")
            busy.append(self.cp.new_interval_var(self.starts[i], length, end, ""))
        self.cp.add_cumulative(busy, [1] * len(busy), self.buses)

    def _order_equal_trips(self) -> None:
        """Trips that differ only by what they are called and asked for can change places: let the first go first."""
        last: dict[tuple[object, ...], int] = {}
        for i, trip in enumerate(self.trips):
            key = (trip.earliest_min, trip.latest_min, trip.duration_min, trip.origin, trip.destination)
            if key in last:
                self.cp.add(self.starts[last[key]] <= self.starts[i])
            last[key] = i

    def _hint_one_bus_a_trip(self) -> None:
        for variable in (*self.firsts, *self.ends):
            self.cp.add_hint(variable, True)
        for link in self.links.values():
            self.cp.add_hint(link, False)
        for start, trip in zip(self.starts, self.trips, strict=True):
            self.cp.add_hint(start, trip.earliest_min)

    def least(self, goal: cp_model.LinearExprT, effort: float) -> tuple[int, int]:
        """The least value of `goal` found and the bound on it; the solution becomes the hint for the next solve."""
        self.cp.minimize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = effort
        solver.parameters.use_overload_checker_in_cumulative = True
        solver.parameters.use_timetable_edge_finding_in_cumulative = True
        status = solver.solve(self.cp)
        assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE), solver.status_name(status)
        self.cp.clear_hints()
        for number in range(len(self.cp.proto.variables)):
            self.cp.add_hint(self.cp.get_int_var_from_proto_index(number), solver.response_proto.solution[number])
        return round(solver.objective_value), round(solver.best_objective_bound)


def least_shift(problem: Problem, chain: list[Trip]) -> int:
    """The least sum of minutes between asked and real starts of `chain`, driven in that order by one bus."""
    first, *_ = chain
    cost = {minute: abs(minute - first.asked_min) for minute in range(first.earliest_min, first.latest_min + 1)}
    for before, trip in pairwise(chain):
        needed = before.duration_min + problem.travel.minutes(before.destination, trip.origin)
        least_by = {}  # least cost of `before` and all trips before it, when `trip` starts at a minute
        best = None
        for minute in range(before.earliest_min + needed, trip.latest_min + 1):
            arrived = cost.get(minute - needed)
            best = min((value for value in (best, arrived) if value is not None), default=None)
            if best is not None and minute >= trip.earliest_min:
                least_by[minute] = best
        cost = {minute: least + abs(minute - trip.asked_min) for minute, least in least_by.items()}
    return min(cost.values())
