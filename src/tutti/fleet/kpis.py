"""The figures that a planner compares plans by."""

from collections import Counter
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

from tutti.fleet.blocks import driving, length_min
from tutti.fleet.changes import changes
from tutti.fleet.day import Day
from tutti.fleet.plan import Objective, Plan
from tutti.fleet.route import Route


def kpis(day: Day, plan: Plan) -> dict[str, Any]:
    """Buses and what they drive; minutes and kilometres of a whole day.

    peak_buses: the most buses at once on a trip or a deadhead (a bus that waits doesn't count). With vehicle
    types, `by_type` has figures for each of them, used or not, and costs are there where they were given.
    """
    routes = {route.id: route for route in day.running}
    trips = [trip for block in plan.blocks for trip in block.trips]
    kinds = Counter(routes[trip.route_id].kind for trip in trips)
    objective = plan.objective
    return {
        **cost_figures(objective, day.options.cost_name),
        "buses": objective.buses,
        "peak_buses": _peak(plan),
        "deadhead_min": objective.deadhead_min,
        "deadhead_km": round(_deadhead_km(day, plan, routes), 1),
        "service_min": sum(trip.end_min - trip.start_min for trip in trips),
        "shift_min": objective.shift_min,
        "shifted_trips": sum(trip.shift_min != 0 for trip in trips),
        "trips": len(trips),
        "entries": kinds["entry"],
        "exits": kinds["exit"],
        "trips_per_bus": round(len(trips) / max(1, objective.buses), 2),
        **_of_whole_blocks(day, plan),
        **_dropped(day, plan, routes),
        **_by_type(day, plan),
        **_changes(day, plan),
    }


def cost_figures(objective: Objective, cost_name: str | None) -> dict[str, int]:
    """What a plan costs, by the name that its first level has in documents; nothing where costs are not given.

    A plan without blocks, for all routes are dropped, costs 0.
    """
    fixed, running = objective.fixed_cost or 0, objective.running_cost
    match cost_name:
        case None:
            return {}
        case "fixed_cost":
            return {"fixed_cost": fixed}
        case _:
            return {"cost": fixed + running, "fixed_cost": fixed, "running_cost": running}


def _of_whole_blocks(day: Day, plan: Plan) -> dict[str, int]:
    """Figures that are there only where depots or limits are."""
    options = day.options
    figures = {}
    if options.depots:
        figures["pull_out_min"] = sum(block.pull_out_min for block in plan.blocks)
        figures["pull_in_min"] = sum(block.pull_in_min for block in plan.blocks)
    if options.depots or options.limits.any:
        figures["longest_block_min"] = max((length_min(block) for block in plan.blocks), default=0)
    if options.layover_min:
        figures["layover_min"] = options.layover_min * sum(len(block.trips) - 1 for block in plan.blocks)
    return figures


def _dropped(day: Day, plan: Plan, routes: Mapping[str, Route]) -> dict[str, int]:
    if not day.options.may_drop:
        return {}
    left = [routes[name] for name in plan.dropped if name in routes]
    return {
        "dropped_trips": len(left),
        "dropped_service_min": sum(route.duration_min for route in left),
        "dropped_passengers": sum(route.capacity_needed for route in left),
    }


def _by_type(day: Day, plan: Plan) -> dict[str, dict[str, dict[str, int]]]:
    types = day.options.vehicle_types
    return {"by_type": {vehicle.name: _figures_of(vehicle.name, day, plan) for vehicle in types}} if types else {}


def _figures_of(type_name: str, day: Day, plan: Plan) -> dict[str, int]:
    blocks = tuple(block for block in plan.blocks if block.vehicle_type == type_name)
    own = Plan(blocks).objective
    return {
        **(cost_figures(own, day.options.cost_name) if blocks else {}),
        "buses": own.buses,
        "trips": sum(len(block.trips) for block in blocks),
        "deadhead_min": own.deadhead_min,
    }


def _peak(plan: Plan) -> int:
    change: Counter[int] = Counter()
    for begin_min, end_min in (span for block in plan.blocks for span in driving(block)):
        change[begin_min] += 1
        change[end_min] -= 1
    return max(accumulate(change[minute] for minute in sorted(change)), default=0)


def _changes(day: Day, plan: Plan) -> dict[str, Any]:
    if day.earlier is None:
        return {}
    return {"changes": changes(day.earlier, plan, {vehicle.name for vehicle in day.fleet})}


def _deadhead_km(day: Day, plan: Plan, routes: Mapping[str, Route]) -> float:
    travel = day.options.travel
    links = [(routes[a.route_id], routes[b.route_id]) for block in plan.blocks for a, b in pairwise(block.trips)]
    between = sum(travel.kilometres(before.destination, after.origin) for before, after in links)
    places = {depot.name: depot.place for depot in day.options.depots}
    stands = [(places[block.depot], block.trips) for block in plan.blocks if block.depot in places and block.trips]
    out = sum(travel.kilometres(place, routes[trips[0].route_id].origin) for place, trips in stands)
    back = sum(travel.kilometres(routes[trips[-1].route_id].destination, place) for place, trips in stands)
    return between + out + back
