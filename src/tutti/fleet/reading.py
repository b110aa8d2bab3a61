"""Reads a day of routes from bytes or a file: everything that is wrong is reported at once, nothing is dropped."""

import json
from pathlib import Path

from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import described
from tutti.fleet.options import Options, read_options
from tutti.fleet.route import Route
from tutti.fleet.route_reading import Notes, read_route

MOST_BYTES = 32 * 2**20
MOST_ROUTES = 20_000


def load_json(path: Path, most_bytes: int = MOST_BYTES) -> object:
    """The content of a JSON file. Raises InputError when it can't be read, is too large, or is not JSON."""
    try:
        if path.is_dir():
            raise InputError([Finding(str(path), "is a directory; name a JSON file in it")])
        size = path.stat().st_size
        if size > most_bytes:
            raise InputError([Finding(str(path), _too_large(size, most_bytes))])
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Finding(str(path), "there is no such file")]) from None
    except PermissionError:
        raise InputError([Finding(str(path), "may not be read; change its permissions")]) from None
    except OSError as error:
        raise InputError([Finding(str(path), f"can't be read: {error.strerror or error}")]) from None
    return parse_json(data, most_bytes, name=str(path))


def parse_json(data: bytes, most_bytes: int = MOST_BYTES, *, name: str = "") -> object:
    """JSON text as objects. Raises InputError when it is too large or not JSON; `name` is its path in the message."""
    if len(data) > most_bytes:
        raise InputError([Finding(name, _too_large(len(data), most_bytes))])
    try:
        return json.loads(data)
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text: byte {error.start} can't be read; save it as UTF-8"
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
    except RecursionError:
        message = "is nested too deeply; routes are a list of objects"
    except ValueError as error:  # a number of more digits than Python reads
        message = f"is not JSON: {error}"
    raise InputError([Finding(name, message if name else f"the input {message}")])


def read_day(content: object) -> Day:
    """A day from a list of routes, or from {"routes": [...], "options": {...}}.

    Raises InputError with every finding. What was repaired or ignored is in the day's warnings.
    """
    findings: list[Finding] = []
    notes = Notes()
    routes, options = content, Options()
    if isinstance(content, dict):
        routes = content.get("routes")
        if content.get("options") is not None:
            options = read_options(content["options"], findings)
        for name in content.keys() - {"routes", "options"}:
            notes.add(f"the field {described(name)} beside routes is not known and was ignored")
    if not isinstance(routes, list):
        findings.append(Finding("routes", f"must be a list of routes in brackets, not {described(routes)}"))
    elif not routes:
        findings.append(Finding("routes", "is empty; give one route at least"))
    elif len(routes) > MOST_ROUTES:
        findings.append(Finding("routes", f"has {len(routes)} routes, more than {MOST_ROUTES}; plan it in parts"))
    else:
        read = _read_routes(routes, findings, notes)
        _check_day(options, read, findings)
    if findings:
        raise InputError(findings)
    return Day(tuple(read), options, notes.sentences())


def _read_routes(contents: list[object], findings: list[Finding], notes: Notes) -> list[Route]:
    first_with: dict[object, int] = {}
    read = []
    for index, content in enumerate(contents):
        path = f"routes[{index}]"
        route = read_route(content, path, findings, notes)
        if route is not None:
            read.append(route)
        route_id = content.get("id") if isinstance(content, dict) else None
        if not isinstance(route_id, str):
            continue
        if route_id in first_with:
            message = f"{described(route_id)} is already the id of routes[{first_with[route_id]}]; give each its own"
            findings.append(Finding(f"{path}.id", message))
        first_with.setdefault(route_id, index)
    return read


def _check_day(options: Options, routes: list[Route], findings: list[Finding]) -> None:
    if routes and not findings and not any(route.runs_on(options.day) for route in routes):
        findings.append(Finding("options.day", f"no route runs on {described(options.day)}; choose another day"))


def _too_large(size: int, most_bytes: int) -> str:
    return f"has {size / 2**20:.1f} MiB, more than the limit of {most_bytes / 2**20:g} MiB; plan it in parts"
