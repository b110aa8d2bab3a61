"""The rules that a plan must keep, one function each, in plain Python and independent of the optimizer.

Times and distances come from the problem, never from the plan's own claims: a wrong claim breaks the rule about that
claim and no other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tutti.fleet.block_rules import (
    blocks_are_not_too_long,
    blocks_begin_and_end_at_a_depot,
    buses_are_of_a_known_type,
    costs_are_as_claimed,
    drivers_have_their_breaks,
    every_block_is_one_bus,
    there_are_buses_enough,
)
from tutti.fleet.errors import Finding
from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.problem import Problem, Trip, clock


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: its name, the path into the plan, and a sentence that says what is wrong."""

    rule: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


Rule = Callable[[Problem, Plan], Iterator[Finding]]


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything that is wrong with `plan`; an empty list means that it can be driven and is what it claims to be."""
    return [
        Violation(rule.__name__, finding.path, finding.message) for rule in RULES for finding in rule(problem, plan)
    ]


def every_route_is_run_once(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """A route left out strands its passengers; a route run twice sends an empty bus."""
    first_path: dict[str, str] = {}
    for run in _runs(problem, plan):
        earlier = first_path.setdefault(run.planned.route_id, run.path)
        if earlier != run.path:
            yield Finding(run.path, f"route {run.planned.route_id} runs already at {earlier}")
    for trip in problem.trips:
        if trip.id not in first_path and trip.id not in plan.dropped:
            yield Finding("blocks", f"route {trip.id} is in no block")


def routes_are_dropped_only_where_that_is_allowed(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """A route that is left out must be known to be left out, and only by a planner who said that it may."""
    driven = {trip.route_id for block in plan.blocks for trip in block.trips}
    known = {trip.id for trip in problem.trips}
    for number, route in enumerate(plan.dropped):
        if not problem.may_drop:
            yield Finding(f"dropped[{number}]", f"route {route} is dropped, which only the option may_drop allows")
        elif route in driven or route not in known:
            yield Finding(
                f"dropped[{number}]", f"route {route} {'is in a block' if route in driven else 'is not known'}"
            )


def only_known_routes_are_run(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """A plan is for the routes of its day and no others."""
    for run in _runs(problem, plan):
        if run.trip is None:
            yield Finding(f"{run.path}.route_id", f"no route {run.planned.route_id} runs on this day")


def trips_start_in_their_windows(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Schools and parents have agreed to a window around the bell, not to more."""
    for run in _runs(problem, plan):
        trip, start = run.trip, run.planned.start_min
        if trip is not None and not trip.earliest_min <= start <= trip.latest_min:
            window = f"{clock(trip.earliest_min)} to {clock(trip.latest_min)}"
            yield Finding(f"{run.path}.start_min", f"route {trip.id} starts at {clock(start)}, its window is {window}")


def trips_take_their_duration(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Moving a trip changes when it runs, not how long it takes."""
    for run in _runs(problem, plan):
        if run.trip is None:
            continue
        start, end = run.planned.start_min, run.planned.start_min + run.trip.duration_min
        if run.planned.end_min != end:
            yield Finding(
                f"{run.path}.end_min",
                f"route {run.trip.id} starts at {clock(start)} and takes {run.trip.duration_min} min, "
                f"so it ends at {clock(end)}, not {clock(run.planned.end_min)}",
            )


def buses_reach_their_next_trip(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """A bus has ended its trip and driven to the next one, buffer included, before that one starts."""
    for run in _runs(problem, plan):
        if run.trip is None or run.before is None or run.trip_before is None:
            continue
        deadhead = problem.travel.minutes(run.trip_before.destination, run.trip.origin)
        ready = run.before.start_min + run.trip_before.duration_min + deadhead
        if ready > run.planned.start_min:
            yield Finding(
                f"{run.path}.start_min",
                f"route {run.trip.id} starts at {clock(run.planned.start_min)}, but after route {run.trip_before.id} "
                f"and {deadhead} min of deadhead its bus is there at {clock(ready)}",
            )


def shifts_are_as_claimed(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """The shift is the start minus the start that was asked for: what a school is told."""
    for run in _runs(problem, plan):
        if run.trip is None:
            continue
        shift = run.planned.start_min - run.trip.asked_min
        if run.planned.shift_min != shift:
            yield Finding(
                f"{run.path}.shift_min",
                f"route {run.trip.id} starts at {clock(run.planned.start_min)} and was asked for at "
                f"{clock(run.trip.asked_min)}: a shift of {shift} min, not {run.planned.shift_min}",
            )


def deadheads_are_as_claimed(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Deadhead is what the operator pays for; a bus begins its block where its first trip starts."""
    for run in _runs(problem, plan):
        if run.trip is None:
            continue
        if run.before is None:
            deadhead, place = 0, "first in its block"
        elif run.trip_before is None:
            continue
        else:
            deadhead = problem.travel.minutes(run.trip_before.destination, run.trip.origin)
            place = f"after route {run.trip_before.id}"
        claimed = run.planned.deadhead_before_min
        if claimed != deadhead:
            message = f"route {run.trip.id}, {place}, has {deadhead} min of deadhead before it, not {claimed}"
            yield Finding(f"{run.path}.deadhead_before_min", message)


def every_passenger_has_a_seat(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Nobody stands in a school bus."""
    for run in _runs(problem, plan):
        if run.trip is not None and run.trip.seats > run.block.seats:
            message = f"route {run.trip.id} needs {run.trip.seats} seats, bus {run.block.id} has {run.block.seats}"
            yield Finding(run.path, message)


def buses_have_what_their_trips_ask_for(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """A wheelchair needs its lift, and a contract for a small bus is not kept by a large one."""
    known = problem.types_by_name
    for run in _runs(problem, plan):
        vehicle = known.get(run.block.vehicle_type)
        if run.trip is None or vehicle is None or run.trip.seats > run.block.seats:  # too few seats are said already
            continue
        if missing := run.trip.misses(vehicle):
            yield Finding(run.path, f"bus {run.block.id} of type {vehicle.name} {missing}, for route {run.trip.id}")


RULES: tuple[Rule, ...] = (
    every_route_is_run_once,
    routes_are_dropped_only_where_that_is_allowed,
    only_known_routes_are_run,
    trips_start_in_their_windows,
    trips_take_their_duration,
    buses_reach_their_next_trip,
    shifts_are_as_claimed,
    deadheads_are_as_claimed,
    every_passenger_has_a_seat,
    buses_are_of_a_known_type,
    buses_have_what_their_trips_ask_for,
    there_are_buses_enough,
    costs_are_as_claimed,
    blocks_begin_and_end_at_a_depot,
    blocks_are_not_too_long,
    drivers_have_their_breaks,
    every_block_is_one_bus,
)
"""All rules, in the order in which `check` reports."""


class _Run(NamedTuple):
    """A planned trip in its place and the one before it in its block, each with the trip it stands for (None: unknown).

    `before` is None for the first of a block.
    """

    path: str
    block: Block
    planned: PlannedTrip
    trip: Trip | None
    before: PlannedTrip | None
    trip_before: Trip | None


def _runs(problem: Problem, plan: Plan) -> Iterator[_Run]:
    trips = problem.trips_by_id
    for number, block in enumerate(plan.blocks):
        before, trip_before = None, None
        for place, planned in enumerate(block.trips):
            trip = trips.get(planned.route_id)
            yield _Run(f"blocks[{number}].trips[{place}]", block, planned, trip, before, trip_before)
            before, trip_before = planned, trip
