"""From a JSON object to road times: everything that is wrong with them is found."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.fields import Fields, check_names, described
from tutti.fleet.road_times import NOT_GIVEN, RoadTimes, Spot, spot

ROAD_TIMES_FIELDS = ("origins", "destinations", "minutes", "seconds", "estimate_missing")
PLACE_FIELDS = ("name", "lat", "lon")
_MOST_MIN = 1440
_PER_MINUTE = {"minutes": 1, "seconds": 60}
_ROUNDING_MIN = 1e-6  # so much above a whole minute is a rounding error, not a minute more
_NUMBERS = {int, float, type(None)}


def read_road_times(fields: Fields) -> RoadTimes | None:
    """The table that the fields make, or None after noting what is wrong with them."""
    findings_before = len(fields.findings)
    check_names(fields, ROAD_TIMES_FIELDS, "a field of road times")
    origins = _read_places(fields, "origins")
    destinations = _read_places(fields, "destinations") if fields.has("destinations") else origins
    estimates_missing = fields.flag("estimate_missing")
    given = [unit for unit in _PER_MINUTE if fields.has(unit)]
    if not given:
        fields.wrong("minutes", "is missing, and so is seconds; give a list of numbers for each origin")
    elif len(given) > 1:
        fields.wrong("minutes", "can't be there beside seconds; remove one of the two")
    if len(fields.findings) > findings_before:
        return None
    minutes = _read_table(fields, given[0], len(origins), len(destinations))
    return None if minutes is None else RoadTimes(origins, destinations, minutes, bool(estimates_missing))


def _read_places(fields: Fields, name: str) -> dict[Spot, int]:
    """The number of each place in a list, by its spot."""
    numbers: dict[Spot, int] = {}
    for number, place in enumerate(fields.objects(name, required=True)):
        check_names(place, PLACE_FIELDS, "a field of a place")
        place.text("name")
        degrees = place.degrees()
        if degrees is None:
            continue
        first = numbers.setdefault(spot(degrees), number)
        if first != number:
            place.wrong("lat", f"is, with lon, the place of {fields.at(name)}[{first}]; give each place once")
    return numbers


def _read_table(fields: Fields, unit: str, height: int, width: int) -> NDArray[np.int16] | None:
    """The field `unit` as whole minutes; None if something is wrong with it."""
    rows = fields.list_of(unit)
    if rows is None:
        return None
    if len(rows) != height:
        fields.wrong(unit, f"must have a list for each of the {height} origins, not {len(rows)}")
        return None
    table = []  # of rows, for only what was sent may take memory: a million places take a small body
    for number, row in enumerate(rows):
        path = f"{unit}[{number}]"
        if not isinstance(row, list) or len(row) != width:
            found = f"{len(row)}" if isinstance(row, list) else described(row)
            fields.wrong(path, f"must be a list with a number for each of the {width} destinations, not {found}")
        elif (minutes := _whole_minutes(row, unit)) is None:
            _note_first_wrong(fields, path, row, unit)
        else:
            table.append(minutes)
    return np.array(table, dtype=np.int16).reshape(height, width) if len(table) == height else None


def _whole_minutes(row: Sequence[object], unit: str) -> NDArray[np.int16] | None:
    """A row rounded up to whole minutes, null as NOT_GIVEN; None if a value can't be read. There are millions."""
    if not set(map(type, row)) <= _NUMBERS:
        return None
    with suppress(OverflowError):
        minutes = np.array(row, dtype=np.float64) / _PER_MINUTE[unit]
        is_null = np.isnan(minutes)
        if is_null.sum() == row.count(None) and ((minutes >= 0) & (minutes <= _MOST_MIN) | is_null).all():
            return np.where(is_null, NOT_GIVEN, np.ceil(minutes - _ROUNDING_MIN)).astype(np.int16)
    return None


def _note_first_wrong(fields: Fields, path: str, row: Sequence[object], unit: str) -> None:
    most = _MOST_MIN * _PER_MINUTE[unit]
    for number, value in enumerate(row):
        is_number = type(value) is int or type(value) is float
        if value is None or (is_number and 0 <= value <= most):  # type: ignore[operator]  # of these two it is one
            continue
        hint = "; are these seconds?" if unit == "minutes" and is_number and value > most else ""  # type: ignore[operator]
        fields.wrong(f"{path}[{number}]", f"must be {unit} from 0 to {most}, or null, not {described(value)}{hint}")
        return
