"""The figures that a planner compares plans by."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from tutti.fleet.day import Day
from tutti.fleet.plan import Plan
from tutti.fleet.route import Route


def kpis(day: Day, plan: Plan) -> dict[str, int | float]:
    """Buses and what they drive; minutes and kilometres of a whole day.

    peak_buses: the most buses at once on a trip or a deadhead (a bus that waits doesn't count).
    """
    routes = {route.id: route for route in day.running}
    trips = [trip for block in plan.blocks for trip in block.trips]
    kinds = Counter(routes[trip.route_id].kind for trip in trips)
    objective = plan.objective
    return {
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
    }


def _peak(plan: Plan) -> int:
    change: Counter[int] = Counter()
    for block in plan.blocks:
        for trip in block.trips:
            change[trip.start_min] += 1
            change[trip.end_min] -= 1
        for before, trip in pairwise(block.trips):
            change[before.end_min] += 1
            change[before.end_min + trip.deadhead_before_min] -= 1
    driving = most = 0
    for minute in sorted(change):
        driving += change[minute]
        most = max(most, driving)
    return most


def _deadhead_km(day: Day, plan: Plan, routes: Mapping[str, Route]) -> float:
    travel = day.options.travel
    links = [(routes[a.route_id], routes[b.route_id]) for block in plan.blocks for a, b in pairwise(block.trips)]
    return sum(travel.kilometres(before.destination, after.origin) for before, after in links)
