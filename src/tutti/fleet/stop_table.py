"""Reads a day of routes from a table with one row a stop, as spreadsheets save it.

A table becomes the objects that a JSON file has and goes through the same reader. Where that speaks of a place in the
objects, the row, as the spreadsheet counts it, and the column are named.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import described
from tutti.fleet.reading import MOST_BYTES, MOST_ROUTES, read_day, too_large, too_many
from tutti.fleet.route_reading import Notes
from tutti.fleet.spreadsheet import MOST_CELLS, Form, decoded, header_of, is_markup, is_workbook, rows_of
from tutti.fleet.stop_clock import work_out_minutes
from tutti.fleet.stop_columns import COLUMNS, OF_STOPS, OF_STOPS_RATHER, known_columns, looks_like_a_header

_ENDINGS = (".csv", ".tsv", ".txt")
_OF_ANY_STOP = frozenset({"lat", "lon", "time_from_start", "stop_time"})
_PLACE = re.compile(r'"[^"]*"|routes\[(\d+)\](?:\.stops\[(\d+)\])?(?:\.(\w+))?(?:\[\d+\])?')


def is_stop_table(data: bytes, name: str) -> bool:
    """Whether an input of that name is a table, or a workbook with one, rather than JSON."""
    if is_workbook(data):
        return True
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{")):
        return False
    return name.lower().endswith(_ENDINGS) or looks_like_a_header(
        header_of(data.decode(errors="replace"), looks_like_a_header).cells
    )


class _Said(NamedTuple):
    """What a route's rows say in one column: the row that says it first, and its cell."""

    row: int
    cell: str


class _Wrong(NamedTuple):
    """A finding with the row by which findings are sorted."""

    row: int
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where a route stands: the rows of its stops, and of what is its own, by column."""

    of_stops: list[int] = field(default_factory=list)
    of_route: dict[str, _Said] = field(default_factory=dict)


@dataclass(slots=True)
class StopTable:
    """A table that was read. routes: its routes as the objects of a JSON file. notes: what was ignored or guessed.

    form: the one that the planner's spreadsheet writes, and so opens; that of Windows' code page as UTF-8 with a mark.
    """

    notes: list[str]
    form: Form
    _spelled: Mapping[str, str]
    routes: list[dict[str, Any]] = field(default_factory=list)
    _rows: list[_Rows] = field(default_factory=list)
    _wrong: list[_Wrong] = field(default_factory=list)
    _index_of: dict[str, int] = field(default_factory=dict)
    _last: str = ""

    def day(self, content: object) -> Day:
        """The day of `content`, which has these routes and perhaps options and an earlier plan, as `read_day` reads it.

        Raises InputError with everything that is wrong, each with its row and column.
        """
        found = list(self._wrong)
        day = None
        try:
            day = read_day(content)
        except InputError as error:
            found += [self._placed(finding) for finding in error.findings]
        if day is None or found:
            found.sort(key=lambda wrong: wrong.row)
            raise InputError([Finding(wrong.place, wrong.message) for wrong in found])
        return replace(day, notes=(*self.notes, *map(self._in_words, day.notes)))

    def add(self, row: int, cells: Mapping[str, str]) -> None:
        """The number of a row and its cells by column, without empty ones; without route_id it goes with that above."""
        if not cells.keys() & _OF_ANY_STOP:
            message = "is no stop, for it has neither lat, lon nor time_from_start; remove a total or a note"
            self._note_wrong(row, "", message)
            return
        route_id = cells.get("route_id", self._last)
        if not route_id:
            self._note_wrong(row, "route_id", "is missing; the first row of a route names it")
            return
        index = self._index_of.setdefault(route_id, len(self.routes))
        if index == len(self.routes):
            self.routes.append({"stops": []})
            self._rows.append(_Rows())
        elif route_id != self._last and "order" not in cells:
            before = self._rows[index].of_stops[-1]
            message = f"{described(route_id)} has ended in row {before}; put its rows together, or number its stops"
            self._note_wrong(row, "route_id", f"{message} in a column order")
        self._last = route_id
        self._add_to(self.routes[index], self._rows[index], row, cells)

    def _add_to(self, route: dict[str, Any], rows: _Rows, row: int, cells: Mapping[str, str]) -> None:
        """A stop to its route, and what its row says of the route, which must be what the others say."""
        stop: dict[str, object] = {}
        for column, cell in cells.items():
            if column == "time_from_start" and ":" in cell:
                message = f"is {described(cell)}, but counts minutes; if it is the time call it stop_time"
                self._note_wrong(row, column, message)
                stop[column] = len(route["stops"])  # nothing more is said of it
                continue
            if column in OF_STOPS:
                stop["name" if column == "stop_name" else column] = OF_STOPS[column](cell)
                continue
            said = rows.of_route.get(column)
            if said is None:
                rows.of_route[column] = _Said(row, cell)
                route["id" if column == "route_id" else column] = COLUMNS[column](cell)
            elif said.cell != cell and route[column] != COLUMNS[column](cell):
                message = f"is {described(cell)}, but {described(said.cell)} in row {said.row} of the same route"
                self._note_wrong(row, column, message + OF_STOPS_RATHER.get(column, ""))
        route["stops"].append(stop)
        rows.of_stops.append(row)

    def work_out_minutes(self) -> None:
        """What follows from times of day, where stops have these."""
        notes, findings = Notes(), list[Finding]()
        work_out_minutes(self.routes, findings, notes)
        self._wrong += [self._placed(finding) for finding in findings]
        self.notes += map(self._in_words, notes.sentences())

    def _note_wrong(self, row: int, column: str, message: str) -> None:
        self._wrong.append(_Wrong(row, self._cell(row, column) if column else f"row {row}", message))

    def _cell(self, row: int, column: str) -> str:
        return f"row {row}, column {self._spelled.get(column, column)}"

    def _placed(self, finding: Finding) -> _Wrong:
        match = _PLACE.fullmatch(finding.path)
        row, place = (0, finding.path) if match is None else self._place(match)
        return _Wrong(row, place, self._in_words(finding.message))

    def _in_words(self, sentence: str) -> str:
        return _PLACE.sub(lambda match: self._place(match)[1], sentence)

    def _place(self, match: re.Match[str]) -> tuple[int, str]:
        """The row of a path into the objects, and what it is called; what stands in quotes is the planner's own."""
        index, stop, name = match.groups()
        rows = self._rows[int(index)] if index is not None and int(index) < len(self._rows) else None
        if rows is None or int(stop or 0) >= len(rows.of_stops):
            return 0, match[0]
        if stop is not None:
            row = rows.of_stops[int(stop)]
            return row, f"row {row}" if name is None else self._cell(row, name)
        said = rows.of_route.get(name, rows.of_route["route_id"])
        if name is None or name == "stops":
            return said.row, f"row {said.row}, route {described(said.cell)}"
        return said.row, self._cell(said.row, name)


def parse_stop_table(data: bytes, most_bytes: int = MOST_BYTES, *, name: str = "") -> StopTable:
    """The routes of a table. Raises InputError when it is none; `name` is its path in the message.

    What is wrong with single cells is said by `StopTable.day`, together with what that finds.
    """
    if len(data) > most_bytes:
        raise _no_table(name, too_large(most_bytes))
    text, encoding = _text_of(data, name)
    notes = []
    if encoding == "cp1252":
        notes.append("the table is not in UTF-8 and was read as Windows-1252: look at letters with accents")
    top, _, separator = header_of(text, looks_like_a_header)
    if text.count(separator) > MOST_CELLS:
        raise _no_table(name, f"has more than {MOST_CELLS:,} cells; plan the day in parts")
    rows = rows_of(text, separator)
    _note_above(rows[: top - 1], top, notes)
    header = rows[top - 1]
    columns = known_columns(header, top, notes)
    filled = [(number, cells) for number, cells in enumerate(rows[top:], top + 1) if any(cells)]
    if not filled:
        raise _no_table(name, "has no row below the names of its columns; give one row a stop")
    _refuse_slipped(filled, {place for place, cell in enumerate(header) if cell}, top)
    of_route = next(place for place, column in columns.items() if column == "route_id")
    routes = {cells[of_route] for _, cells in filled if len(cells) > of_route}
    if len(routes) > MOST_ROUTES:  # said before a million of them are made
        raise _no_table(name, too_many(len(routes)))
    form = Form(separator, "utf-8-sig" if encoding == "cp1252" else encoding)
    spelled = {column: header[place] for place, column in columns.items()}
    table = StopTable(notes, form, {"time_from_start": spelled.get("stop_time", "time_from_start"), **spelled})
    for number, cells in filled:
        said = {column: cells[place] for place, column in columns.items() if place < len(cells) and cells[place]}
        table.add(number, said)
    if "stop_time" in spelled:
        table.work_out_minutes()
    return table


def _text_of(data: bytes, name: str) -> tuple[str, str]:
    """The text of a table, and its encoding. Raises InputError if there is none."""
    if is_workbook(data):
        raise _no_table(name, "is a workbook; save its sheet of stops as CSV (UTF-8)")
    try:
        text, encoding = decoded(data)
    except UnicodeDecodeError as error:
        raise _no_table(name, f"is no text: byte {error.start} can't be read; save it as CSV (UTF-8)") from None
    if is_markup(text):
        raise _no_table(name, "is a web page or XML, not CSV; open it in a spreadsheet and save it as CSV (UTF-8)")
    if not text or text.isspace():
        raise _no_table(name, "is empty; give a row with the names of columns, and below it one row a stop")
    return text, encoding


def _no_table(name: str, message: str) -> InputError:
    return InputError([Finding(name, message if name else f"the input {message}")])


def _note_above(rows: Iterable[Sequence[str]], header: int, notes: list[str]) -> None:
    """Note what stands above the names of columns, such as a title; `sep=;` only says to Excel what was found out."""
    said = next((cell for cells in rows for cell in cells if cell and not cell.startswith("sep=")), None)
    if said is not None:
        notes.append(f"the names of columns are in row {header}; what is above was ignored, first {described(said)}")


def _refuse_slipped(rows: Iterable[tuple[int, list[str]]], named: set[int], header: int) -> None:
    """Raises InputError for values where the header names no column: there may be a separator too many before them."""
    wrong = []
    for row, cells in rows:
        outside = next((place for place, cell in enumerate(cells) if cell and place not in named), None)
        if outside is not None:
            message = f"has {described(cells[outside])} in cell {outside + 1}, where row {header} names no column"
            wrong.append(Finding(f"row {row}", f"{message}; name it, or put a text or number with a comma in quotes"))
    if wrong:
        raise InputError(wrong)
