"""Which trips no plan can run, and why: a day with one is infeasible, whatever the blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutti.fleet.problem import Problem, Trip, clock
from tutti.fleet.shortest_blocks import Shortest, shortest_alone, shortest_with_others

_MOST_TYPES_NAMED = 4


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in the way of a trip, as a sentence."""

    route_id: str
    text: str

    def __str__(self) -> str:
        return self.text


def obstacles(problem: Problem, in_company: Sequence[Obstacle] | None = None) -> list[Obstacle]:
    """Why no plan runs some trips: none if each might be in a block of some plan.

    in_company: those that are too long alone, if that is known.
    """
    found: list[Obstacle] = []
    too_long = {obstacle.route_id for obstacle in (too_long_alone(problem) if in_company is None else in_company)}
    least = shortest_with_others(problem) if too_long else {}
    for trip in problem.trips:
        found += _without_minute(trip)
        if not problem.able([trip]):
            found.append(Obstacle(trip.id, f"route {trip.id} can be run by no bus: {_all_misses(problem, trip)}"))
        elif trip.id in too_long:
            found += _too_long(problem, trip, least.get(trip.id, shortest_alone(problem, trip)))
    return found


def too_long_alone(problem: Problem) -> list[Obstacle]:
    """Trips that are in a plan only with others in their block, if at all: by themselves they break a limit.

    With others a block may be shorter, where one of them is quicker than the deadhead beside it, and its driver may
    have a break in between.
    """
    if not problem.limits.any:
        return []
    trips = (trip for trip in problem.trips if problem.able([trip]))
    return [obstacle for trip in trips for obstacle in _too_long(problem, trip, shortest_alone(problem, trip))]


def _without_minute(trip: Trip) -> Iterator[Obstacle]:
    if trip.earliest_min > trip.latest_min:
        latest = trip.latest_min
        yield Obstacle(
            trip.id,
            f"route {trip.id} can't start at any minute: its window is empty, earliest start "
            f"{clock(trip.earliest_min)}, latest "
            f"{clock(latest) if latest >= 0 else f'{-latest} min before the day begins'}",
        )


def _too_long(problem: Problem, trip: Trip, least: Shortest) -> Iterator[Obstacle]:
    alone = shortest_alone(problem, trip)
    limits = problem.limits
    for limit, shortest_min, name in (
        (limits.longest_min, least.block_min, "a block"),
        (limits.break_after_min, least.work_min, "work without a break"),
    ):
        if limit is not None and shortest_min > limit:
            text = f"route {trip.id} takes {alone.block_min} min by itself, depot to depot; {name} may take {limit} min"
            yield Obstacle(trip.id, text)


def _all_misses(problem: Problem, trip: Trip) -> str:
    types = problem.vehicle_types
    misses = [f"type {vehicle.name} {trip.misses(vehicle)}" for vehicle in types]
    more = [f"and so on for {len(misses) - _MOST_TYPES_NAMED} more"] if len(misses) > _MOST_TYPES_NAMED else []
    return "; ".join(misses[:_MOST_TYPES_NAMED] + more)
