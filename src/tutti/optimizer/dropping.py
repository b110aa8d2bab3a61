"""Where buses are too few and routes may be dropped: the plan that drops the fewest minutes of service.

Dropping is done by a bus of a type of its own, with no fixed cost and such a cost per service minute that it never pays
to drop what one bus more could run. So the search finds what to drop, and its bound says how little could be, unless
running more would take several buses more that cost more than a minute.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tutti.fleet.obstacles import Obstacle, obstacles, too_long_alone
from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status
from tutti.fleet.problem import Problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.counting import run_counted
from tutti.optimizer.stages import run_stages
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.progress import Progress
from tutti.optimizer.state.result import Result
from tutti.optimizer.state.terms import Terms

_DROPPED = "\0dropped"  # no type that was read has such a name: a text has characters to see
_A_DAY_MIN = 1440


def solve_or_drop(problem: Problem, terms: Terms) -> Result:
    """As `solve`, but where the problem allows it trips are dropped: those that no bus can run, and as few as need be.

    If buses are too few, as few minutes of service as can be are dropped. The plan's `dropped` has the names of trips,
    the certificate's reasons say why. Bounds are for plans that drop as much.

    Where no trip may be dropped, plans that drop some are where one without is looked for, if the stages have found
    none of so few buses.
    """
    in_company = too_long_alone(problem)
    found = obstacles(problem, in_company)
    has_first_plan = all(vehicle.count is None for vehicle in problem.vehicle_types) and not in_company
    if not problem.may_drop and (found or has_first_plan):
        return run_stages(problem, terms)
    blocked = {obstacle.route_id for obstacle in found}
    rest = replace(problem, trips=tuple(trip for trip in problem.trips if trip.id not in blocked))
    translated = _Translated(problem, rest, found, terms)
    for callback in terms.callbacks:
        callback.on_start(problem)
    in_company = [each for each in in_company if each.route_id not in blocked]
    asked = replace(terms, stop=translated.rule, callbacks=[translated])
    told = _with_or_without_drops(rest, in_company, translated, asked)
    for callback in terms.callbacks:
        callback.on_end(told)
    return told


def _with_or_without_drops(
    problem: Problem, in_company: Sequence[Obstacle], translated: "_Translated", terms: Terms
) -> Result:
    """The plan that drops nothing if there is one, else one that does; if need be told of as none.

    in_company: trips that are too long alone.
    """
    if in_company:  # not even one bus a trip is a plan, so there is none to begin at
        trouble = (*map(str, in_company), "no plan was found in which other routes in the same block make that shorter")
    else:
        result = run_counted(problem, terms)
        trouble = result.certificate.reasons if result.plan is None else ()
        if result.plan is not None or not (problem.may_drop or result.certificate.status is Status.UNKNOWN):
            return translated.result(result, ())
        translated.before_s = result.certificate.seconds
    return translated.result(run_counted(with_dropping(problem), terms), trouble)


def with_dropping(problem: Problem) -> Problem:
    """The same problem with types that stand for dropping: one for each set of demands that trips have on a bus.

    They stand in a depot that there isn't, so nothing is driven to trips that are dropped.
    """
    types = [each if problem.has_costs else replace(each, fixed_cost=1) for each in problem.vehicle_types]
    price = _price_per_min(problem)
    seats: dict[tuple[int | None, frozenset[str]], int] = {}
    for trip in problem.trips:
        demand = (trip.most_seats, trip.features)
        seats[demand] = max(seats.get(demand, 0), trip.seats, trip.fewest_seats)
    for number, ((_, features), most) in enumerate(seats.items()):
        name = f"{_DROPPED} {number}"
        types.append(
            VehicleType(name, most, 0, features=features, service_cost_per_min=price, depots=frozenset({_DROPPED}))
        )
    return replace(problem, vehicle_types=tuple(types))


def _price_per_min(problem: Problem) -> int:
    """More than the dearest bus costs for a day: whoever runs a trip of a minute instead of dropping it saves money.

    It is a multiple of what all costs are multiples of: the coarser costs are, the sooner a bound reaches the next one.
    """
    types = problem.vehicle_types
    most = max(each.first_level + each.running_cost(deadhead_min=_A_DAY_MIN, service_min=1) for each in types)
    amounts = ((each.first_level, each.deadhead_cost_per_min, each.service_cost_per_min) for each in types)
    unit = math.gcd(*(amount for each in amounts for amount in each)) or 1
    return unit * (most // unit + 1)


class _Translated(Callback):
    """Tells those who asked of plans with the dropped trips beside the blocks, and of bounds for such plans."""

    def __init__(self, problem: Problem, rest: Problem, found: Sequence[Obstacle], terms: Terms) -> None:
        self._types = problem.types_by_name
        self._may_drop = problem.may_drop
        self._has_costs = problem.has_costs
        self._price = _price_per_min(problem)
        self._duration = {trip.id: trip.duration_min for trip in rest.trips}
        self._all = tuple(trip.id for trip in problem.trips)
        self._obstacles = tuple(map(str, found))
        self._stop = terms.stop
        self._callbacks = terms.callbacks
        self._last: Plan | None = None
        self.before_s = 0.0  # seconds of the search before this one

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Pass on the plan as it really is."""
        real = self._plan(plan)
        if real.dropped and not self._may_drop:
            return
        self._last = real
        told = self._told(progress, real)
        for callback in self._callbacks:
            callback.on_incumbent(real, real.objective, told)

    def on_bound(self, bound: Bound, progress: Progress) -> None:
        """Pass on what it says of the last plan."""
        if self._last is not None:
            told = self._told(progress, self._last)
            for callback in self._callbacks:
                callback.on_bound(told.bound, told)

    def _told(self, progress: Progress, plan: Plan) -> Progress:
        seconds, bound = progress.seconds + self.before_s, self._bound(progress.bound, plan)
        return replace(progress, seconds=seconds, objective=plan.objective, bound=bound)

    def rule(self, progress: Progress) -> str | None:
        """The stopping rule, asked with the gap of the plan with its dropped trips."""
        return self._stop(replace(progress, seconds=progress.seconds + self.before_s))

    def _plan(self, plan: Plan) -> Plan:
        run = [block for block in plan.blocks if block.vehicle_type in self._types]
        driven = {trip.route_id for block in run for trip in block.trips}
        blocks = tuple(block.priced(self._types[block.vehicle_type]) for block in run)
        return Plan(blocks, tuple(name for name in self._all if name not in driven))

    def _bound(self, bound: Bound, plan: Plan) -> Bound:
        """What the bound on cost leaves when the price of what is dropped is taken off."""
        minutes = sum(self._duration.get(name, 0) for name in plan.dropped)
        if bound.cost is None or (self._has_costs and not minutes):
            return bound
        least = max(0, bound.cost - self._price * minutes)
        fewest = min(1, len(plan.blocks))
        return Bound(fewest, bound.deadhead_min, least) if self._has_costs else Bound(least, bound.deadhead_min)

    def _drops_least(self, plan: Plan, known: Certificate) -> bool:
        """Whether one that drops a minute less would be below the bound, whatever else it costs. known: with prices."""
        if known.objective is None or known.bound is None:
            return False
        return known.objective.first_level - self._price + self._most_dearer(plan) < known.bound.first_level

    def _most_dearer(self, plan: Plan) -> float:
        """How much more another plan can cost at most: by the buses that this one leaves, and by what minutes cost."""
        types, trips = self._types.values(), len(self._duration)
        if any(each.deadhead_cost_per_min for each in types):
            return math.inf
        used = Counter(block.vehicle_type for block in plan.blocks)
        left = [
            each.first_level
            for each in types
            for _ in range(min(trips, trips if each.count is None else each.count - used[each.name]))
        ]
        more_buses = sorted(left, reverse=True)[: trips - len(plan.blocks)]
        dearest_min = max(each.service_cost_per_min for each in types)
        return sum(more_buses) + dearest_min * sum(self._duration.values())

    def result(self, result: Result, too_few: Sequence[str]) -> Result:
        """The answer, with the reasons for what is dropped."""
        known = replace(result.certificate, seconds=result.certificate.seconds + self.before_s)
        reasons = self._obstacles
        if result.plan is None or known.bound is None:
            return result
        plan = self._plan(result.plan)
        if plan.dropped and not self._may_drop:
            unknown = replace(known, status=Status.UNKNOWN, objective=None, bound=None, reasons=tuple(too_few))
            return replace(result, plan=None, certificate=unknown)
        minutes = sum(self._duration.get(name, 0) for name in plan.dropped)
        if minutes:
            why = "no plan drops fewer" if self._drops_least(plan, known) else "that fewer can't be done is not proven"
            reasons = (*reasons, *too_few, f"{minutes} service minutes are dropped for want of buses; {why}")
        bound = self._bound(known.bound, plan)
        told = (*reasons, *known.reasons)
        certificate = replace(known, objective=plan.objective, bound=bound, reasons=told)
        return replace(result, plan=plan, certificate=certificate)
