"""The columns of a table with one row a stop: their names, what their cells say, and such a table of routes."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import described
from tutti.fleet.spreadsheet import flag, number, texts, time

OF_STOPS: dict[str, Callable[[str], object]] = {
    "order": number,
    "stop_name": str,
    "lat": number,
    "lon": number,
    "time_from_start": number,
    "stop_time": time,
    "passengers": number,
    "is_school": flag,
}
"""The columns that are of a stop, and what is made of a cell of each."""

COLUMNS: dict[str, Callable[[str], object]] = {
    "route_id": str,
    "type": str.lower,
    "arrival_time": time,
    "departure_time": time,
    "capacity_needed": number,
    "days": texts,
    "name": str,
    "school_id": str,
    "school_name": str,
    "vehicle_capacity_min": number,
    "vehicle_capacity_max": number,
    "vehicle_capacity_range": str,
    "features": texts,
    "contract_id": str,
    **OF_STOPS,
}
"""The same of all columns; those that are not of a stop are of its route."""

OF_STOPS_RATHER = {
    "name": "; the name of a stop is stop_name",
    "arrival_time": "; the time at a stop is stop_time",
    "departure_time": "; the time at a stop is stop_time",
}
"""What a column may have been meant to be where the rows of a route say different things in it."""

_ALSO = {
    "id": "route_id", "latitude": "lat", "stop_lat": "lat", "longitude": "lon", "stop_lon": "lon", "lng": "lon",
}  # fmt: skip
"""Other names with one meaning in such a table, where no column has the name itself."""

_TIMES = ("time_from_start", "stop_time")
"""One of these is needed: minutes, or the time of day."""

_NEEDED = ("route_id", "type", "lat", "lon", "time_from_start")


def known_columns(header: Sequence[str], row: int, notes: list[str]) -> dict[int, str]:
    """The columns in that row by their places, after noting those that are not known.

    Raises InputError if one is there twice, or one that is needed is missing.
    """
    columns = {place: name for place, name in enumerate(_names(header)) if name in COLUMNS}
    unknown = ", ".join(described(cell) for place, cell in enumerate(header) if cell and place not in columns)
    names = list(columns.values())
    wrong = [f"has the column {name} twice; remove or rename one" for name in COLUMNS if names.count(name) > 1]
    if {*_TIMES} <= {*names}:
        wrong.append("has the columns time_from_start and stop_time; remove one of them")
    has_time = not {*_TIMES}.isdisjoint(names)
    lacking = [name for name in _NEEDED if name not in names and not (has_time and name in _TIMES)]
    missing = ", ".join(" or ".join(_TIMES) if name in _TIMES else name for name in lacking)
    if not names:
        wrong = [f"names no column that is known; the first row has names such as {missing}"]
    elif missing:
        advice = f"; not known are {unknown}: rename what holds it" if unknown else "; add what is missing"
        wrong.append(f"names no column for {missing}{advice}")
    if wrong:
        raise InputError([Finding(f"row {row}", message) for message in wrong])
    if unknown:
        notes.append(f"columns that are not known were ignored: {unknown}")
    return columns


def looks_like_a_header(cells: Iterable[str]) -> bool:
    """Whether these can only be names of columns: two at least that each table needs."""
    return len(set(_NEEDED).intersection(_names(cells))) > 1


def _names(header: Iterable[str]) -> list[str]:
    """Names in any case, with blanks or hyphens in them, and those that are also known."""
    names = [re.sub(r"[\s_-]+", "_", cell.lower()) for cell in header]
    return [name if _ALSO.get(name, name) in names else _ALSO[name] for name in names]


def stop_table(routes: Iterable[Mapping[str, Any]]) -> str:
    """A table of routes that are objects as in a JSON file; what is of a route stands on each of its rows."""
    out = io.StringIO()
    columns = [name for name in COLUMNS if name != "stop_time"]  # which says what time_from_start says
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for route in routes:
        for stop in route["stops"]:
            named = {"route_id": route["id"], "name": route.get("name"), "stop_name": stop.get("name")}
            writer.writerow({name: _cell(value) for name, value in {**route, **stop, **named}.items()})
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value
