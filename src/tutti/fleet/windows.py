"""How far trips may move: windows around the bell by type of route, by school and by route."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tutti.fleet.fields import Fields, check_names
from tutti.fleet.problem import TripKind
from tutti.fleet.route import Route

Window = tuple[int, int]
"""Earliest and latest minutes around the bell: the arrival of an entry route, the departure of an exit."""

KINDS: tuple[TripKind, ...] = ("entry", "exit")
_MOST_SHIFT_MIN = 720


@dataclass(frozen=True, slots=True)
class Windows:
    """A route's own window comes before that of its school (by school_id and type), and that before its type's."""

    entry: Window = (-5, 5)
    exit: Window = (-5, 10)
    schools: Mapping[str, Mapping[TripKind, Window]] = field(default_factory=dict)
    routes: Mapping[str, Window] = field(default_factory=dict)

    def of(self, route: Route) -> Window:
        """The window that counts for a route."""
        return self.routes.get(route.id) or self._at_school(route) or self._of_type(route)

    def _at_school(self, route: Route) -> Window | None:
        return None if route.school_id is None else self.schools.get(route.school_id, {}).get(route.kind)

    def _of_type(self, route: Route) -> Window:
        return self.entry if route.kind == "entry" else self.exit

    def contradictions(self, routes: Iterable[Route]) -> Iterator[str]:
        """A sentence for each route whose own window shares no minute with what its school has agreed to."""
        for route in routes:
            own, school = self.routes.get(route.id), self._at_school(route)
            if own is None or school is None or max(own[0], school[0]) <= min(own[1], school[1]):
                continue
            yield (
                f"the window {list(own)} of route {route.id} shares no minute with {list(school)}, that of its school "
                f"{route.school_id}; the route's own is planned by"
            )


def read_windows(options: Fields) -> Windows | None:
    """The windows in the field windows, or None if it is not there or holds none, which is noted."""
    fields = options.inner("windows")
    if fields is None:
        return None
    check_names(fields, (*KINDS, "schools", "routes"))
    default = Windows()
    return Windows(
        entry=_read_window(fields, "entry") or default.entry,
        exit=_read_window(fields, "exit") or default.exit,
        schools={school: _read_school(each, school) for each, school in _members(fields, "schools")},
        routes={route: window for each, route in _members(fields, "routes") if (window := _read_window(each, route))},
    )


def _members(windows: Fields, name: str) -> Iterator[tuple[Fields, str]]:
    """The object in the field of that name, with the name of each of its own fields."""
    members = windows.inner(name)
    return ((members, member) for member in members.record) if members is not None else iter(())


def _read_school(schools: Fields, school: str) -> Mapping[TripKind, Window]:
    fields = Fields.of(schools.record[school], schools.at(school), schools.findings)
    if fields is None:
        return {}
    check_names(fields, KINDS)
    return {kind: window for kind in KINDS if (window := _read_window(fields, kind)) is not None}


def _read_window(fields: Fields, name: str) -> Window | None:
    ends = fields.list_of(name) if fields.has(name) else None
    if ends is None:
        return None
    if len(ends) != 2 or any(type(end) is not int or abs(end) > _MOST_SHIFT_MIN for end in ends):
        fields.wrong(name, f"must be two whole numbers of minutes, at most {_MOST_SHIFT_MIN} off, like [-5, 10]")
    elif ends[0] > ends[1]:
        fields.wrong(name, f"is turned round: {ends[0]} is after {ends[1]}; write [{ends[1]}, {ends[0]}]")
    else:
        return ends[0], ends[1]
    return None
