"""Routes and depots so far from all others that their degrees can't be right."""

from collections.abc import Sequence
from statistics import median_low

from tutti.fleet.blocks import Depot
from tutti.fleet.fields import described
from tutti.fleet.route import Route
from tutti.fleet.route_reading import Notes
from tutti.fleet.travel import GreatCircleTravel, Place

_FAR_KM = 300  # no bus comes from there for another route, and no district is so wide
_DISTANCE = GreatCircleTravel()
_ADVICE = f"more than {_FAR_KM} km from most others, the first is {{first}}: look at lat and lon"


def note_far_places(routes: Sequence[Route], depots: Sequence[Depot], notes: Notes) -> None:
    """Note routes that begin and end far from where most do, and depots there: at 0, 0, perhaps, or turned round."""
    if not routes:
        return
    middle = tuple(median_low([place[axis] for place in map(_school_end, routes)]) for axis in (0, 1))

    def is_far(place: Place) -> bool:
        return _DISTANCE.kilometres(place, middle) > _FAR_KM

    far = [route for route in routes if all(is_far((stop.lat, stop.lon)) for stop in (route.stops[0], route.stops[-1]))]
    if 2 * len(far) >= len(routes):  # there is no place where most are
        return
    for route in far:
        notes.add(f"{{count}} route(s) begin and end {_ADVICE}", described(route.id))
    for depot in depots:
        if is_far(depot.place):
            notes.add(f"{{count}} depot(s) are {_ADVICE}", described(depot.name))


def _school_end(route: Route) -> tuple[float, float]:
    return route.stops[-1].lat, route.stops[-1].lon
