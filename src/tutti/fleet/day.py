"""A day of routes with the planner's options, and the problem that they pose."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tutti.fleet.fields import listed
from tutti.fleet.held_times import HeldTimes
from tutti.fleet.options import Options
from tutti.fleet.plan import Plan
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.road_times import RoadTravel
from tutti.fleet.route import DAY_CODES, Route
from tutti.fleet.travel import TravelTimes
from tutti.fleet.vehicle import VehicleType


@dataclass(frozen=True, slots=True)
class Day:
    """All routes that were read; `notes` say what was repaired or ignored on the way.

    earlier: a plan to start from and to stay close to, perhaps of a day with other routes.
    """

    routes: tuple[Route, ...]
    options: Options = field(default_factory=Options)
    notes: tuple[str, ...] = ()
    earlier: Plan | None = None

    @property
    def running(self) -> tuple[Route, ...]:
        """The routes that run on the chosen day, in their order."""
        return tuple(route for route in self.routes if route.runs_on(self.options.day))

    @property
    def routes_by_id(self) -> dict[str, Route]:
        """All routes by their ids."""
        return {route.id: route for route in self.routes}

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for everything that was repaired, ignored or left out."""
        return (
            *self.notes,
            *self._left_out(),
            *self._thrown_together(),
            *self._without_types(),
            *self._without_price(),
            *self._contradictory(),
            *self._unlike_the_earlier_plan(),
            *self._about_held_times(),
        )

    def _left_out(self) -> Iterator[str]:
        out = [route.id for route in self.routes if not route.runs_on(self.options.day)]
        if out and not self.options.week:
            share = f"{len(out)} of {len(self.routes)} routes"
            yield f"{share} do not run on day {self.options.day} and are not in the plan: {listed(out)}"

    def _thrown_together(self) -> Iterator[str]:
        if self.options.day is not None:
            return
        if not any(all(route.runs_on(code) for route in self.routes) for code in DAY_CODES):
            yield "on no day do all routes run, yet all are planned as one; choose a day by the option day"

    def _contradictory(self) -> Iterator[str]:
        return self.options.windows.contradictions(self.running)

    def _without_types(self) -> Iterator[str]:
        asking = sum(bool(route.features) for route in self.running)
        if asking and not self.options.vehicle_types:
            yield f"the features of {asking} route(s) are not planned by: give the option vehicle_types with features"

    def _without_price(self) -> Iterator[str]:
        types = self.options.vehicle_types
        if types and all(vehicle.fixed_cost == 0 for vehicle in types):
            yield (
                "each fixed_cost is 0, so a plan may have a bus for each route: give what a bus costs a day, or leave "
                "costs out for as few buses as can be"
            )

    @property
    def is_of_another_day(self) -> bool:
        """Whether the earlier plan has routes, but none that runs now."""
        planned = self._planned_earlier()
        return bool(planned) and planned.keys().isdisjoint(route.id for route in self.running)

    def _planned_earlier(self) -> dict[str, None]:
        blocks = () if self.earlier is None else self.earlier.blocks
        return {trip.route_id: None for block in blocks for trip in block.trips}

    def _unlike_the_earlier_plan(self) -> Iterator[str]:
        """What the earlier plan and the day don't have in common."""
        if self.earlier is None or self.options.week:
            return
        planned = self._planned_earlier()
        running = {route.id: None for route in self.running}
        for names, what in (
            ([name for name in planned if name not in running], "that do not run now"),
            ([name for name in running if name not in planned], "fewer than run now; new are"),
        ):
            if names:
                yield f"the plan to start from has {len(names)} route(s) {what}: {listed(names)}"

    @property
    def _held(self) -> HeldTimes | None:
        """The starts of the earlier plan that are to be held, if any are."""
        within_min = self.options.max_time_change_min
        return None if within_min is None or self.earlier is None else HeldTimes.of(self.earlier, within_min)

    def _about_held_times(self) -> Iterator[str]:
        within_min, held = self.options.max_time_change_min, self._held
        if within_min is None:
            return
        if held is None and not self.options.week:
            yield "max_time_change_min holds no start, for there is no plan to start from"
            return
        where = "in the plan to start from" if held else "on the most frequent days"
        yield f"each start is held within {within_min} min of that {where}: what is proven is proven of such plans"
        if held and (moved := [route.id for route in self.running if held.lets_go(route.id, *self._window(route))]):
            yield (
                f"{len(moved)} route(s) have windows further than {within_min} min from their starts in the plan to "
                f"start from, and are not held: {listed(moved)}"
            )

    @property
    def buffer_min(self) -> int:
        """What is added to the driving between two trips: the buffer, and the layover."""
        return self.options.travel.buffer_min + self.options.layover_min

    @property
    def travel(self) -> TravelTimes:
        """Minutes between two trips: the deadhead with its buffer, and the layover."""
        rule, times = replace(self.options.travel, buffer_min=self.buffer_min), self.options.road_times
        return rule if times is None else RoadTravel(rule, times)

    @property
    def fleet(self) -> tuple[VehicleType, ...]:
        """The types of the options; without them one type with the seats that the largest route needs."""
        seats = max((route.capacity_needed for route in self.running), default=1)
        return self.options.vehicle_types or (VehicleType("bus", seats),)

    def problem(self) -> Problem:
        """A trip for each route that runs, and the fleet. What routes ask of a bus counts once there are types."""
        options = self.options
        held = self._held
        trips = tuple(self._trip(route, held) for route in self.running)
        return Problem(
            trips, self.travel, self.fleet, options.layover_min, options.depots, options.limits, options.may_drop
        )

    def _window(self, route: Route) -> tuple[int, int]:
        """The first and the last minute at which a route may start by its window; empty if the last comes first."""
        early, late = self.options.windows.of(route)
        return max(self.options.earliest_start_min, route.asked_start_min + early), route.asked_start_min + late

    def _trip(self, route: Route, held: HeldTimes | None) -> Trip:
        earliest, latest = self._window(route)
        if held is not None:
            earliest, latest = held.narrowed(route.id, earliest, latest)
        asks = bool(self.options.vehicle_types)
        return Trip(
            id=route.id,
            kind=route.kind,
            earliest_min=earliest,
            latest_min=latest,
            asked_min=route.asked_start_min,
            duration_min=route.duration_min,
            origin=route.origin,
            destination=route.destination,
            seats=route.capacity_needed,
            fewest_seats=(route.vehicle_capacity_min or 0) if asks else 0,
            most_seats=route.vehicle_capacity_max if asks else None,
            features=route.features if asks else frozenset(),
        )
