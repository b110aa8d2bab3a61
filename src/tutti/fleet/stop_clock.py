"""Stops that say their time of day, as programs for routes write them: minutes, bell and school follow from it."""

from collections.abc import Iterable
from typing import Any

from tutti.fleet.errors import Finding
from tutti.fleet.fields import Fields
from tutti.fleet.problem import clock
from tutti.fleet.route_reading import Notes, note_seconds

_LONGEST_MIN = 720  # of a route; where its times are further apart, one is of the other half of the day


def work_out_minutes(routes: Iterable[dict[str, Any]], findings: list[Finding], notes: Notes) -> None:
    """Give each stop `time_from_start` in place of `stop_time`, and each route its bell where it has none.

    The bell is the time at the school. A route from school leaves there at its first time, so that its stops have only
    one meaning; without a time of day its list could be in either order.
    """
    for index, route in enumerate(routes):
        path = f"routes[{index}]"
        stops = route["stops"]
        times = _times(stops, path, findings, notes)
        least = min(times)
        for stop, minute in zip(stops, times, strict=True):
            stop["time_from_start"] = minute - least
        if route.get("type") == "exit":
            _mark_where_it_begins(stops, path, findings, notes)
        bell, minute = ("arrival_time", max(times)) if route.get("type") == "entry" else ("departure_time", least)
        if not {"arrival_time", "departure_time"} & route.keys() and route.get("type") in ("entry", "exit"):
            route[bell] = clock(minute)
            notes.add("{count} route(s) have neither arrival_time nor departure_time: the time at the school was taken")


def _times(stops: list[dict[str, Any]], path: str, findings: list[Finding], notes: Notes) -> list[int]:
    """The minutes after midnight of all stops, or others that go up where one of them is noted in findings."""
    before = len(findings)
    times = []
    for place, stop in enumerate(stops):
        fields = Fields({"stop_time": stop.pop("stop_time", None)}, f"{path}.stops[{place}]", findings)
        times.append(fields.clock("stop_time"))
        if fields.has("stop_time"):
            note_seconds(str(fields.record["stop_time"]), notes)
        else:
            fields.wrong("stop_time", "is missing; each stop needs the time of day at which the bus is there")
    known = [minute for minute in times if minute is not None]
    if len(findings) == before and max(known) - min(known) > _LONGEST_MIN:
        message = (
            "is more than 12 h from others of its route; correct AM or PM; one past midnight needs time_from_start"
        )
        findings.append(Finding(f"{path}.stops[{known.index(max(known))}].stop_time", message))
    return known if len(findings) == before else list(range(len(stops)))


def _mark_where_it_begins(stops: list[dict[str, Any]], path: str, findings: list[Finding], notes: Notes) -> None:
    """Let the school of a route from school be where its times begin, and nowhere else."""
    first = [stop for stop in stops if stop["time_from_start"] == 0]
    schools = [stop for stop in stops if stop.get("is_school") is True]
    begins_there = [stop for stop in first if stop in schools]
    if schools and not begins_there:
        message = 'is not the first time, but a route of type "exit" begins at the school'
        findings.append(Finding(f"{path}.stops[{stops.index(schools[0])}].stop_time", message))
    if not schools:
        notes.add("{count} route(s) from school have no stop with is_school: their first stop was taken for the school")
    at = begins_there or first
    school = at[0] if stops[0] is at[0] else at[-1]
    for stop in stops:
        stop["is_school"] = stop is school
