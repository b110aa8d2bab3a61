"""A sheet as spreadsheets save it for other programs: rows of cells from bytes, and what a cell says.

Spreadsheets write what their country does: a comma, a semicolon or a tab between cells, a comma or a point in numbers,
UTF-8, UTF-16 or the code page of Windows. What a cell says is guessed only where there is one meaning; any other text
is left as it is, for a reader to refuse.
"""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from tutti.fleet.errors import Finding, InputError

SEPARATORS = ",;\t"
MOST_CELLS = 8_000_000  # what 20,000 routes of nineteen stops have with all columns
MOST_ROWS = 2**20  # of a sheet in Excel and LibreOffice; a file of nothing but line ends would fill the memory
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # what .xlsx and .ods, and what .xls begin with
_HEAD_CHARACTERS, _HEAD_ROWS = 10_000, 10  # hold the row with the names of columns
_TIME = re.compile(
    r"(\d{1,2})(?:([:h.,])(\d\d)(?::(\d\d)(?:[.,]0+)?)?)?(\s*(?:([ap])\.?\s*m\.?|h|uhr))?", re.IGNORECASE
)
_PART_OF_DAY = re.compile(r"0?[.,](?:[6-9]\d?|\d{3,})")  # fewer digits may be minutes: 0.25 is 6:00 or 0:25
_ROUNDED_MIN = 0.1  # what 0.3472, for 8:20, may be away from a whole minute
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|meta|table|\?xml)\b", re.IGNORECASE)
_YES = (
    "true", "yes", "y", "x", "1", "wahr", "ja", "vrai", "oui", "verdadero", "sí", "si", "vero", "sì", "verdadeiro",
    "sim", "waar", "✓", "✔",
)  # fmt: skip  # what people write, and what Excel and LibreOffice write in their languages
_NO = ("false", "no", "n", "0", "falsch", "nein", "faux", "non", "falso", "não", "onwaar", "nee")
_FLAGS = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}


class Header(NamedTuple):
    """The row with the names of columns, counted from 1, its cells, and what separates cells."""

    row: int
    cells: list[str]
    separator: str


@dataclass(frozen=True, slots=True)
class Form:
    """How a sheet is written. Without more: as programs expect it, and as spreadsheets of many countries do not."""

    separator: str = ","
    encoding: str = "utf-8"


def is_workbook(data: bytes) -> bool:
    """Whether these are the bytes of a whole workbook, which is no text."""
    return data.startswith(_WORKBOOKS)


def is_markup(text: str) -> bool:
    """Whether this is a web page or XML, whatever its file is called."""
    return _MARKUP.match(text) is not None


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a sheet, and its encoding; cp1252, the code page of Western Windows, where it is in no other.

    Raises UnicodeDecodeError if it is in no encoding that spreadsheets write.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16"), "utf-16"
    if data[:2].count(0) == 1:  # no mark, but what begins with a letter of ASCII has a zero beside it
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le"), "utf-16"
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig"), "utf-8-sig" if data.startswith(BOM_UTF8) else "utf-8"
    return data.decode("cp1252"), "cp1252"


def header_of(text: str, is_header: Callable[[Sequence[str]], bool]) -> Header:
    """The first row that is one, below a title or the like; if none is, the first row.

    Of separators that one counts which makes most cells there.
    """
    heads = [
        Header(row, cells, separator)
        for separator in SEPARATORS
        for row, cells in enumerate(islice(_cells(text[:_HEAD_CHARACTERS], separator, strict=False), _HEAD_ROWS), 1)
    ]
    return max([Header(1, [], ","), *heads], key=lambda head: (is_header(head.cells), -head.row, len(head.cells)))


def rows_of(text: str, separator: str) -> list[list[str]]:
    """All rows, also empty ones, so that their numbers are those of the spreadsheet; without blanks around values.

    Raises InputError for a quote that never ends, which would swallow the rows after it, and for too many rows.
    """
    rows: list[list[str]] = []
    try:
        rows.extend(islice(_cells(text, separator, strict=True), MOST_ROWS + 1))
    except csv.Error:
        message = "has a quote that does not end its cell; end it, or write a quote within a text twice"
        raise InputError([Finding(f"row {len(rows) + 1}", message)]) from None
    if len(rows) > MOST_ROWS:
        raise InputError([Finding(f"row {len(rows)}", "is below the last row that a sheet has; plan the day in parts")])
    return rows


def _cells(text: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    for row in csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=strict):
        yield [cell.strip() for cell in row]


def number(text: str) -> object:
    """A number, with a decimal point or comma; also with the sign for minus of typesetters and some spreadsheets."""
    try:
        return int(text) if text.isdigit() else float(text.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return text


def time(text: str) -> str:
    """A time of day as HH:MM, or HH:MM:SS if it has seconds; also 8:05 PM, 8 p. m., 8h05, 8h, 8:05 h and 8.05 Uhr.

    And 0.336805556, the part of a day by which spreadsheets keep a time, where that is a whole minute. 8.00 is 8:00,
    but 8.05 may be three minutes after it.
    """
    if _PART_OF_DAY.fullmatch(text):
        return _time_of_part(text)
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    hours, mark, minutes, spare, word, half = match.groups()
    if not word and (mark is None or (mark in ".," and minutes != "00")):
        return text
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return text
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    seconds = "" if spare in (None, "00") else f":{spare}"
    return f"{hour:02d}:{minutes or '00'}{seconds}"


def _time_of_part(text: str) -> str:
    minutes = float(text.replace(",", ".")) * 24 * 60
    whole = round(minutes)
    if abs(minutes - whole) > _ROUNDED_MIN or whole == 24 * 60:
        return text
    return f"{whole // 60:02d}:{whole % 60:02d}"


def flag(text: str) -> bool | str:
    """Yes or no, in the words of people and spreadsheets."""
    return _FLAGS.get(text.lower(), text)


def texts(text: str) -> list[str]:
    """Texts with blanks, commas or semicolons between them."""
    return [each for each in re.split(r"[\s,;]+", text) if each]
