"""What spreadsheets of many countries write, and what is made of it."""

import pytest

from tutti.fleet.errors import InputError
from tutti.fleet.spreadsheet import MOST_ROWS, decoded, flag, header_of, number, rows_of, texts, time


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_the_encodings_of_unicode(encoding: str) -> None:
    assert decoded("Peña,ß".encode(encoding)) == ("Peña,ß", encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_mark_of_utf_16_may_be_missing(encoding: str) -> None:
    assert decoded("Peña,ß".encode(encoding)) == ("Peña,ß", "utf-16")


def test_any_other_text_is_taken_for_that_of_western_windows_and_said_to_be_guessed() -> None:
    assert decoded("Peña, 5 €".encode("cp1252")) == ("Peña, 5 €", "cp1252")


def test_bytes_without_a_letter_there_are_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        decoded(b"Pe\x81a")


@pytest.mark.parametrize(
    ("text", "cells", "separator"),
    [
        ("a,b,c\n1;2;3;4", ["a", "b", "c"], ","),
        ("a;b;c,d\n1,5;2", ["a", "b", "c,d"], ";"),
        ("a\tb\n", ["a", "b"], "\t"),
        ('"a, or b";c;d\n', ["a, or b", "c", "d"], ";"),
        ('"time\nfrom start",b\n', ["time\nfrom start", "b"], ","),
        ("alone", ["alone"], ","),
        ("", [], ","),
    ],
)
def test_what_makes_most_columns_separates_them(text: str, cells: list[str], separator: str) -> None:
    assert header_of(text, lambda _: False) == (1, cells, separator)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_end_as_on_any_system_and_empty_ones_count(end: str) -> None:
    assert rows_of(end.join(["a,b", "", " 1 ,\u00a02", ""]), ",") == [["a", "b"], [], ["1", "2"]]


def test_a_line_break_in_quotes_is_within_a_cell() -> None:
    assert rows_of('a,"Mill\nLane",c\nd', ",") == [["a", "Mill\nLane", "c"], ["d"]]


def test_a_quote_within_a_text_is_one() -> None:
    assert rows_of('12" pipe, "The ""Nest"""', ",") == [['12" pipe', 'The "Nest"']]


@pytest.mark.parametrize("text", ['a\n"b\nc,d', 'a\n"b"c,d\n', 'a\n"b\nc,"d"\n', 'a\n"' + "b" * 200_000])
def test_a_quote_that_swallows_what_follows_is_refused_where_it_begins(text: str) -> None:
    with pytest.raises(InputError, match="row 2: has a quote that does not end its cell"):
        rows_of(text, ",")


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    assert len(rows_of("\n" * MOST_ROWS, ",")) == MOST_ROWS
    with pytest.raises(InputError, match="row 1048577: is below the last row that a sheet has"):
        rows_of("\n" * 32 * MOST_ROWS, ",")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("007", 7), ("-3", -3), ("40.5", 40.5), ("-2,65", -2.65), ("1e1", 10), ("12,0", 12),
        ("\u22122,65", -2.65), ("1.234,5", "1.234,5"), ("1 234", "1 234"), ("40°", "40°"),
        ("²", "²"), ("-", "-"), ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_a_number_has_a_decimal_point_or_comma_and_any_other_text_stays(text: str, value: object) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("8:05", "08:05"), ("08:05", "08:05"), ("8:05:00", "08:05"), ("08:05:30", "08:05:30"), ("8:05 AM", "08:05"),
        ("8:05:00 pm", "20:05"), ("12:10 AM", "00:10"), ("12:10PM", "12:10"), ("2:05:00\u00a0p.\u00a0m.", "14:05"),
        ("8h05", "08:05"), ("14H05", "14:05"), ("8:05 h", "08:05"), ("8:05 Uhr", "08:05"), ("8h", "08:00"),
        ("8.05 Uhr", "08:05"), ("8.05 am", "08:05"), ("8 Uhr", "08:00"), ("2 p. m.", "14:00"), ("8.00", "08:00"),
        ("8,00", "08:00"), ("8,05", "8,05"), ("8.5", "8.5"), ("8.5 Uhr", "8.5 Uhr"), ("8", "8"), ("0805", "0805"),
        ("08:05:00.000", "08:05"), ("8:05:30.5", "8:05:30.5"), ("8.05:30 Uhr", "08:05:30"),
        ("13:05 PM", "13:05 PM"), ("0:05 AM", "0:05 AM"), ("0.336", "0.336"), ("8:5", "8:5"), ("8.05", "8.05"),
        ("31.12.2026 08:05", "31.12.2026 08:05"),
        ("0.347222222222222", "08:20"), ("0,604166667", "14:30"), ("0.3472", "08:20"), (".375", "09:00"),
        ("0.6", "14:24"), ("0.75", "18:00"), ("0.5", "0.5"), ("0.25", "0.25"), ("0.9999", "0.9999"),
        ("0.99999", "0.99999"), ("1.347222", "1.347222"),
    ],
)  # fmt: skip
def test_a_time_is_read_with_12_or_24_hours_and_any_other_text_stays(text: str, read: str) -> None:
    assert time(text) == read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TRUE", True),
        ("x", True),
        ("1", True),
        ("Sí", True),
        ("Vero", True),
        ("✓", True),
        ("FALSCH", False),
        ("Onwaar", False),
        ("0", False),
        ("no", False),
    ],
)
def test_yes_and_no_are_read_in_the_words_of_spreadsheets(text: str, value: bool) -> None:
    assert flag(text) is value


def test_any_other_word_is_no_flag() -> None:
    assert flag("school") == "school"


@pytest.mark.parametrize("text", ["L M Mc", " L,M , Mc", "L; M;Mc;", "L\nM Mc"])
def test_texts_are_told_apart_by_blanks_commas_or_semicolons(text: str) -> None:
    assert texts(text) == ["L", "M", "Mc"]
