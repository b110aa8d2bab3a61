"""Reads a day of routes from bytes or a file: everything that is wrong is reported at once, nothing is dropped."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.far_places import note_far_places
from tutti.fleet.fields import described
from tutti.fleet.looks import looks
from tutti.fleet.options import Options, read_options
from tutti.fleet.plan import Plan
from tutti.fleet.road_times_checks import check_road_times
from tutti.fleet.route import Route
from tutti.fleet.route_reading import Notes, note_seconds, read_route
from tutti.fleet.week import patterns

MOST_BYTES = 32 * 2**20
MOST_ROUTES = 20_000
_BYTES_A_VALUE = 8  # or more, in a large day: a stop has ten for each of its own; millions of empty lists have three
_OTHER_DAY = "the plan to start from shares no route with this day: it is of another day and was left out"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def load_json(path: Path, most_bytes: int = MOST_BYTES) -> object:
    """The content of a JSON file. Raises InputError when it can't be read, is too large, or is not JSON."""
    return parse_json(load_bytes(path, most_bytes), most_bytes, name=str(path))


def load_bytes(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """What is in a file, one byte more than allowed at most. Raises InputError when it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except FileNotFoundError:
        message = "there is no such file"
    except IsADirectoryError:
        message = "is a directory; name a file in it"
    except PermissionError:
        message = "may not be read; change its permissions"
    except OSError as error:
        message = f"can't be read: {error.strerror or error}"
    raise InputError([Finding(str(path), message)])


def parse_json(data: bytes, most_bytes: int = MOST_BYTES, *, name: str = "") -> object:
    """JSON text as objects. Raises InputError when it is too large or not JSON; `name` is its path in the message."""
    try:
        return _parsed(data, most_bytes)
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text: byte {error.start} can't be read; save it as UTF-8"
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}{_advice(error)}"
    except RecursionError:
        message = "is nested too deeply; routes are a list of objects"
    except _UnusableJSONError as error:
        message = str(error)
    except ValueError:  # all that json leaves is int() that refuses to read so many digits
        message = f"has a number of more than {sys.get_int_max_str_digits()} digits"
    raise InputError([Finding(name, message if name else f"the input {message}")])


def _advice(error: json.JSONDecodeError) -> str:
    """What to do about text that is no JSON, if that can be seen."""
    text = error.doc.lstrip()
    if not text:
        return "; it is empty"
    if text[0] not in "[{":
        return "; JSON begins with [ or {"
    if error.doc[: error.pos].rstrip().endswith(",") and error.doc[error.pos :].startswith(("]", "}")):
        return "; remove the comma before it"
    return ""


def too_large(most_bytes: int) -> str:
    """What is said of an input of more bytes; it goes on after the name of the input."""
    return f"is larger than the limit of {most_bytes / 2**20:g} MiB; plan the day in parts"


def too_many(routes: int) -> str:
    """What is said of so many routes."""
    return f"has {routes} routes, more than {MOST_ROUTES}; plan it in parts"


class _UnusableJSONError(Exception):
    """Text that is JSON but has no clear meaning; the message goes on after the name of the input."""


def _parsed(data: bytes, most_bytes: int) -> object:
    if len(data) > most_bytes:
        raise _UnusableJSONError(too_large(most_bytes))
    most_values = max(most_bytes, MOST_BYTES) // _BYTES_A_VALUE
    if sum(map(data.count, (b",", b"[", b"{"))) > most_values:  # they may take twenty times the memory of their text
        raise _UnusableJSONError(f"has more than {most_values:,} values; plan the day in parts")
    content: object = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    if _SURROGATE.search(data) and not _is_text(json.dumps(content, ensure_ascii=False)):
        raise _UnusableJSONError(r"has half of a surrogate pair, like \ud83d alone; write whole characters")
    return content


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise _UnusableJSONError(f"has the field {described(name)} twice in one object; remove one")
    return content


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_day(content: object) -> Day:
    """A day from a list of routes, or from {"routes": [...], "options": {...}, "from": an earlier plan}.

    That of a week is its most frequent one, see `week.patterns` for the others.

    Raises InputError with every finding. What was repaired or ignored is in the day's warnings.
    """
    findings: list[Finding] = []
    notes = Notes()
    routes, options, earlier = content, Options(), None
    if isinstance(content, dict):
        routes = content.get("routes")
        if content.get("options") is not None:
            options = read_options(content["options"], findings)
            _note_doubtful(content["options"], options, notes)
        if content.get("from") is not None:
            earlier = _read_earlier(content["from"], findings)
        for name in content:
            if name not in ("routes", "options", "from"):
                notes.add(f"the field {described(name)} beside routes is not known and was ignored")
    if isinstance(content, dict) and routes is None:
        findings.append(Finding("routes", f"is missing{_what_it_is(content)}; give a list of routes in brackets"))
    elif not isinstance(routes, list):
        findings.append(Finding("routes", f"must be a list of routes in brackets, not {described(routes)}"))
    elif not routes:
        findings.append(Finding("routes", "is empty; give one route at least"))
    elif len(routes) > MOST_ROUTES:
        findings.append(Finding("routes", too_many(len(routes))))
    else:
        read = _read_routes(routes, findings, notes)
        _check_day(options, read, findings, notes)
        note_far_places(read, options.depots, notes)
        _note_idle(options, earlier, notes)
    if findings:
        raise InputError(findings)
    day = Day(tuple(read), options, notes.sentences(), earlier)
    if options.week:
        day = patterns(day)[0].day
    return replace(day, earlier=None, notes=(*day.notes, _OTHER_DAY)) if day.is_of_another_day else day


def _what_it_is(content: Mapping[str, object]) -> str:
    """What was given in place of routes, where it is another document of Tutti."""
    others = {"blocks": ": this is a plan", "origins": ": these are road times"}
    return next((name for field, name in others.items() if field in content), "")


def _read_earlier(content: object, findings: list[Finding]) -> Plan | None:
    try:
        return read_plan(content)
    except InputError as error:
        findings.extend(Finding(f"from.{finding.path}".rstrip("."), finding.message) for finding in error.findings)
        return None


def _read_routes(contents: list[object], findings: list[Finding], notes: Notes) -> list[Route]:
    first_with: dict[str, int] = {}
    schools: dict[str, list[tuple[str, str]]] = {"school_id": [], "school_name": []}
    read = []
    for index, content in enumerate(contents):
        path = f"routes[{index}]"
        route = read_route(content, path, findings, notes)
        if route is not None:
            read.append(route)
            for name, spelled in schools.items():
                spelled.append((getattr(route, name) or "", f" ({path}.{name})"))
        route_id = content.get("id") if isinstance(content, dict) else None
        if not isinstance(route_id, str):
            continue
        if route_id in first_with:
            message = f"{described(route_id)} is already the id of routes[{first_with[route_id]}]; give each its own"
            findings.append(Finding(f"{path}.id", message))
        first_with.setdefault(route_id, index)
    _note_alike(((each, "") for each in first_with), "{count} route(s) have an id", "a route", notes)
    for name, spelled in schools.items():
        _note_alike(spelled, f"{{count}} route(s) have a {name}", "a school", notes)
    return read


def _note_doubtful(content: object, options: Options, notes: Notes) -> None:
    """What can be planned by, but may have been meant otherwise."""
    if not isinstance(content, dict):
        return
    if content.get("depots") == []:
        notes.add("the option depots is empty: blocks begin and end where their trips do")
    note_seconds(str(content.get("earliest_start")), notes)
    for named, what in ((options.vehicle_types, "vehicle type"), (options.depots, "depot")):
        _note_alike(((each.name, "") for each in named), f"{{count}} {what}(s) have a name", f"a {what}", notes)


def _note_idle(options: Options, earlier: Plan | None, notes: Notes) -> None:
    """Options that do nothing on such a day, though they promise something; of held starts the day itself says so."""
    if options.move_penalty_min and earlier is None and not options.week:
        notes.add("the option move_penalty_min does nothing: it is about an earlier plan, and there is none")
    if options.consistency_min and not options.week:
        notes.add("the option consistency_min does nothing: it is about a week, and one day is planned")


def _note_alike(names: Iterable[tuple[str, str]], have: str, what: str, notes: Notes) -> None:
    """Names that people take for the same though they are not, each with what is said of its place."""
    first_with: dict[str, tuple[str, str]] = {}
    looks_of = cache(looks)
    for name, place in names:
        other, other_place = first_with.setdefault(looks_of(name), (name, place))
        if other != name:
            sentence = f"{have} that looks like another's, the first is {{first}}: is {what} there twice?"
            notes.add(sentence, f"{described(name)}{place} beside {described(other)}{other_place}")


def _check_day(options: Options, routes: list[Route], findings: list[Finding], notes: Notes) -> None:
    """What options and routes say of each other; asked only once all of the routes can be read."""
    if routes and not findings and not any(route.runs_on(options.day) for route in routes):
        findings.append(Finding("options.day", f"no route runs on {described(options.day)}; choose another day"))
    if findings:
        return
    windows = options.windows
    unknown = [("routes", "id", each) for each in windows.routes.keys() - {route.id for route in routes}]
    unknown += [
        ("schools", "school_id", each) for each in windows.schools.keys() - {route.school_id for route in routes}
    ]
    for name, what, value in sorted(unknown):
        message = f"no route has the {what} {described(value)}; correct or remove it"
        findings.append(Finding(f"options.windows.{name}.{value}", message))
    if options.road_times is not None:
        running = [route for route in routes if route.runs_on(options.day)]
        check_road_times(options.road_times, running, options.depots, findings, notes)
