"""Reads the fields of JSON objects one by one and collects everything that is wrong with them."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tutti.fleet.errors import Finding

_FEWEST_METRES = 1000  # of coordinates on a map, such as UTM; no one writes degrees like that
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object at a path of the input. Each getter answers the value, or None after noting what is wrong with it."""

    record: Mapping[str, Any]
    path: str
    findings: list[Finding]

    @classmethod
    def of(cls, content: object, path: str, findings: list[Finding]) -> "Fields | None":
        """The fields of `content`, or None if it is no object."""
        if isinstance(content, dict):
            return cls(content, path, findings)
        findings.append(Finding(path, f"must be an object with fields in braces, not {described(content)}"))
        return None

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, message: str) -> None:
        """Note that a field is wrong."""
        self.findings.append(Finding(self.at(name), message))

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.record.get(name) is not None

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A string; one without characters to see counts as missing."""
        value = self.record.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None and not isinstance(value, str):
            self.wrong(name, f"must be a text in quotes, not {described(value)}")
        elif required:
            self.wrong(name, "is missing; give it a text in quotes")
        return None

    def whole(self, name: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number from `low` to `high`; 12.0 counts as one."""
        value = self.record.get(name)
        if type(value) is int and low <= value <= high:
            return value
        if type(value) is float and low <= value <= high and value.is_integer():
            return int(value)
        self._no_number(name, required, f"a whole number from {low} to {high}")
        return None

    def number(self, name: str, low: float, high: float, *, required: bool = False) -> float | None:
        """A number from `low` to `high`."""
        value = self.record.get(name)
        if (type(value) is float or type(value) is int) and low <= value <= high:
            return float(value)
        self._no_number(name, required, f"a number from {low:g} to {high:g}")
        return None

    def degrees(self) -> tuple[float, float] | None:
        """The fields lat and lon, both needed: a place on the globe."""
        lat, lon = (self._degrees(name, most) for name, most in (("lat", 90), ("lon", 180)))
        return None if lat is None or lon is None else (lat, lon)

    def _degrees(self, name: str, most: int) -> float | None:
        value = self.record.get(name)
        if (type(value) is float or type(value) is int) and _FEWEST_METRES < abs(value) < math.inf:
            given = f"must be degrees from {-most} to {most}, not {described(value)}"
            self.wrong(name, f"{given}, as if in metres on a map; export latitude and longitude (WGS 84)")
            return None
        return self.number(name, -most, most, required=True)

    def _no_number(self, name: str, required: bool, wanted: str) -> None:
        value = self.record.get(name)
        if value is not None:
            hint = "; take the quotes away" if isinstance(value, str) and _is_number(value) else ""
            self.wrong(name, f"must be {wanted}, not {described(value)}{hint}")
        elif required:
            self.wrong(name, f"is missing; give {wanted}")

    def flag(self, name: str) -> bool | None:
        """true or false."""
        value = self.record.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(name, f"must be true or false, not {described(value)}")
        return None

    def one_of(self, name: str, choices: Mapping[str, str], *, required: bool = False) -> str | None:
        """One of the given texts, each of which is there with its meaning."""
        value = self.record.get(name)
        if isinstance(value, str) and value in choices:
            return value
        wanted = " or ".join(f'"{choice}" ({meaning})' for choice, meaning in choices.items())
        if value is not None:
            self.wrong(name, f"must be {wanted}, not {described(value)}")
        elif required:
            self.wrong(name, f"is missing; give {wanted}")
        return None

    def clock(self, name: str) -> int | None:
        """A time of day, H:MM, HH:MM or one with seconds, as minutes after midnight; seconds are left out."""
        value = self.record.get(name)
        if value is None:
            return None
        match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            self.wrong(name, f'must be a time from "00:00" to "23:59" like "08:05", not {described(value)}')
            return None
        return int(match[1]) * 60 + int(match[2])

    def list_of(self, name: str) -> list[Any] | None:
        """A list, perhaps empty."""
        value = self.record.get(name)
        if isinstance(value, list):
            return value
        problem = "is missing; give" if value is None else "must be"
        self.wrong(name, f"{problem} a list in brackets" + ("" if value is None else f", not {described(value)}"))
        return None

    def inner(self, name: str) -> "Fields | None":
        """The fields of an object, or None if it is not there."""
        return Fields.of(self.record[name], self.at(name), self.findings) if self.has(name) else None

    def objects(self, name: str, *, required: bool = False) -> "Iterator[Fields]":
        """The fields of each object in a list; none if it is not there."""
        content = (self.list_of(name) if required or self.has(name) else None) or []
        read = (Fields.of(each, f"{self.at(name)}[{index}]", self.findings) for index, each in enumerate(content))
        return (fields for fields in read if fields is not None)

    def texts(self, name: str) -> list[str]:
        """A list of strings, each with characters to see; empty if it is not there."""
        if not self.has(name):
            return []
        values = self.list_of(name) or []
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                self.wrong(f"{name}[{index}]", f"must be a text in quotes, not {described(value)}")
        return [value for value in values if isinstance(value, str)]


def check_names(read: Fields, known: Sequence[str], what: str = "an option") -> None:
    """A name that is not known is an error: ignoring a typing mistake would give another plan than asked for."""
    for name in read.record:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(known)}"
            read.wrong(name, f"{described(name)} is not {what}; {hint}")


def described(value: object) -> str:
    """A value as it may stand in a message: short, and as JSON would write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else json.dumps(value)
    return "a list" if isinstance(value, list) else "an object"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first names as they may stand in a message, with a sign that there are more."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
