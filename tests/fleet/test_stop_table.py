"""Days of routes from tables: what they become, and what is said of those that can't be used."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.routes import JSON, entry, leaving, stop
from tutti.fleet.day import Day
from tutti.fleet.errors import InputError
from tutti.fleet.generate import generate_day
from tutti.fleet.reading import MOST_BYTES, read_day
from tutti.fleet.spreadsheet import SEPARATORS, Form
from tutti.fleet.stop_columns import COLUMNS, OF_STOPS, stop_table
from tutti.fleet.stop_table import is_stop_table, parse_stop_table

DAY = read_day([entry(), leaving()])
HEADER = "route_id,type,arrival_time,departure_time,order,stop_name,lat,lon,time_from_start,passengers,is_school\n"
E1 = """\
E1,entry,8:30,,1,Mill Lane,40.01,-3,0,12,
E1,entry,8:30,,2,Station,40.02,-3,8,9,
E1,entry,8:30,,3,Oak School,40.03,-3,20,0,x
"""

Row = dict[str, str]


def rows() -> list[Row]:
    """A table of two routes of three stops, by columns: rows 2 to 4, and 5 to 7."""
    return list(csv.DictReader(io.StringIO(stop_table([entry(), leaving()]))))


def table_of(rows: list[Row], separator: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def day_of(table: str | bytes, **more: object) -> Day:
    read = parse_stop_table(table if isinstance(table, bytes) else table.encode())
    return read.day({"routes": read.routes, **more})


def findings_of(table: str | bytes, **more: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        day_of(table, **more)
    return [str(finding) for finding in caught.value.findings]


def with_cells(row: int, **cells: str) -> str:
    """The table with other cells in one of its rows, counted as a spreadsheet does."""
    changed = rows()
    changed[row - 2] |= cells
    return table_of(changed)


def test_a_row_is_a_stop_and_what_is_of_its_route_may_stand_on_each_row() -> None:
    assert day_of(table_of(rows())) == DAY


def test_what_is_of_a_route_may_stand_on_its_first_row_only() -> None:
    merged = [
        row if number % 3 == 0 else {name: cell if name in OF_STOPS else "" for name, cell in row.items()}
        for number, row in enumerate(rows())
    ]
    assert day_of(table_of(merged)) == DAY


def test_what_is_of_a_route_may_stand_on_any_of_its_rows() -> None:
    changed = rows()
    for number in (0, 1):
        changed[number]["capacity_needed"] = ""
    assert day_of(table_of(changed)) == DAY


@given(
    count=st.integers(1, 30),
    seed=st.integers(0, 2**31 - 1),
    types=st.booleans(),
    separator=st.sampled_from(SEPARATORS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    decimal=st.sampled_from(".,"),
    data=st.data(),
)
def test_any_day_as_a_table_of_any_country_is_that_day(
    *, count: int, seed: int, types: bool, separator: str, encoding: str, decimal: str, data: st.DataObject
) -> None:
    content = generate_day(count, seed, types=types)
    written = list(csv.DictReader(io.StringIO(stop_table(content["routes"]))))
    order = data.draw(st.permutations(list(written[0])))
    for row in written:
        row |= {name: row[name].replace(".", decimal) for name in ("lat", "lon")}
    shuffled = [{name.upper().replace("_", " "): row[name] for name in order} for row in written]
    table = table_of(shuffled, separator).encode(encoding)
    assert day_of(table, options=content["options"]) == read_day(content)


def test_columns_may_be_in_any_case_and_with_blanks_or_hyphens_and_id_is_the_routes() -> None:
    table = (HEADER + E1).replace("route_id", "ID").replace("stop_name", "Stop-Name").replace("lat", " LAT ")
    assert day_of(table.replace("time_from_start", '"Time\nfrom start"')) == day_of(HEADER + E1)


def test_an_id_beside_a_route_id_is_not_the_routes() -> None:
    day = day_of(HEADER.replace("stop_name", "id") + E1)
    assert day.routes[0].id == "E1"
    assert day.notes[0] == 'columns that are not known were ignored: "id"'


@pytest.mark.parametrize("names", ["Latitude,Longitude", "stop_lat,stop_lon", "LAT,Lng"])
def test_degrees_may_have_the_names_that_others_give_them(names: str) -> None:
    assert day_of((HEADER + E1).replace("lat,lon", names)) == day_of(HEADER + E1)
    (finding,) = findings_of((HEADER + E1).replace("lat,lon", names).replace("40.02", "95"))
    assert finding.startswith(f"row 3, column {names.partition(',')[0]}: ")


def test_latitude_beside_lat_is_another_column() -> None:
    day = day_of(HEADER.replace("stop_name", "Latitude") + E1)
    assert day.routes[0].stops[0].lat == 40.01
    assert day.notes[0] == 'columns that are not known were ignored: "Latitude"'


def test_ids_keep_their_zeros() -> None:
    assert day_of(HEADER + E1.replace("E1", "007")).routes[0].id == "007"


def test_empty_rows_and_cells_beyond_the_header_are_nothing() -> None:
    table = (HEADER + E1).replace("\n", ",,\n") + ",,,\n\n\n"
    assert day_of(table) == day_of(HEADER + E1)


def test_rows_of_a_route_may_stand_apart_if_its_stops_are_numbered() -> None:
    mixed = [rows()[number] for number in (0, 3, 2, 5, 1, 4)]
    day = day_of(table_of(mixed))
    assert day.routes == tuple(
        read_day([entry(stops=[stop(1), stop(3), stop(2)]), leaving(stops=[stop(1), stop(3), stop(2)])]).routes
    )
    assert day.notes == ("the stops of 2 route(s) were sorted by their order fields",)


def test_rows_of_a_route_that_stand_apart_without_numbers_are_refused() -> None:
    mixed = [{**rows()[number], "order": ""} for number in (0, 3, 1, 4, 2, 5)]
    found = findings_of(table_of(mixed))
    advice = "put its rows together, or number its stops in a column order"
    assert found[0] == f'row 4, column route_id: "E1" has ended in row 2; {advice}'
    assert [finding.partition(":")[0] for finding in found] == [f"row {row}, column route_id" for row in (4, 5, 6, 7)]


def test_columns_that_are_not_known_are_named_in_one_warning() -> None:
    table = (HEADER + E1).replace("\n", ",,\n").replace("is_school,,", "is_school,Remarks,Driver")
    assert day_of(table).notes[0] == 'columns that are not known were ignored: "Remarks", "Driver"'


@pytest.mark.parametrize(
    "above", ["Routes, 2026/27\n\n", ";Routes, 2026/27;;;;;\n;;;\n", '"Routes, 2026/27\nas of May"\n\n']
)
def test_what_stands_above_the_names_of_columns_is_ignored_with_a_warning(above: str) -> None:
    day = day_of(above + (HEADER + E1).replace(",", ";").replace("Mill Lane", "Mill, Lane"))
    title = above.strip(';\n"')
    assert day.notes[0] == f'the names of columns are in row 3; what is above was ignored, first "{title}"'
    assert day.routes[0].stops[0].name == "Mill, Lane"


def test_up_to_nine_rows_may_stand_above() -> None:
    assert day_of("\n" * 9 + HEADER + E1) == day_of(HEADER + E1)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_line_that_tells_excel_the_separator_is_none_of_the_table(separator: str) -> None:
    table = f"sep={separator}\n" + (HEADER + E1).replace(",", separator)
    assert day_of(table) == day_of(HEADER + E1)
    (finding,) = findings_of(table.replace("40.02", "95"))
    assert finding.startswith("row 4, column lat: ")


def test_text_that_is_not_in_unicode_is_read_with_a_warning() -> None:
    day = day_of((HEADER + E1.replace("Mill Lane", "Peña")).encode("cp1252"))
    assert day.routes[0].stops[0].name == "Peña"
    assert "read as Windows-1252" in day.notes[0]


def test_a_warning_names_a_row() -> None:
    note = day_of((HEADER + E1).replace("40.02", "46.02")).notes[0]
    assert 'the first is row 3 ("Station" of route "E1"): look at lat' in note


@pytest.mark.parametrize(
    ("row", "cells", "finding"),
    [
        (3, {"lat": "95"}, "row 3, column lat: must be a number from -90 to 90, not 95"),
        (3, {"lat": ""}, "row 3, column lat: is missing; give a number from -90 to 90"),
        (6, {"passengers": "ten"}, 'row 6, column passengers: must be a whole number from 0 to 1000, not "ten"'),
        (6, {"is_school": "maybe"}, 'row 6, column is_school: must be true or false, not "maybe"'),
        (3, {"order": "1"}, "row 3, column order: is 1 as in row 2; number the stops 1, 2, 3"),
        (3, {"order": ""}, "row 3, column order: is missing, but other stops have it; number all of them or none"),
        (3, {"type": "exit"}, 'row 3, column type: is "exit", but "entry" in row 2 of the same route'),
        (3, {"school_id": "S2"}, 'row 3, column school_id: is "S2", but "S1" in row 2 of the same route'),
        (6, {"passengers": "1001"}, "row 6, column passengers: must be a whole number from 0 to 1000, not 1001"),
    ],
)  # fmt: skip
def test_a_finding_names_the_row_of_the_spreadsheet_and_the_column(row: int, cells: Row, finding: str) -> None:
    assert findings_of(with_cells(row, **cells)) == [finding]


def test_a_name_that_differs_within_a_route_is_told_where_names_of_stops_belong() -> None:
    (finding,) = findings_of(with_cells(3, name="Station"))
    assert finding.endswith(" in row 2 of the same route; the name of a stop is stop_name")


def test_rows_that_say_the_same_in_other_words_agree() -> None:
    assert day_of(with_cells(3, arrival_time="8:30 AM", capacity_needed="21,0", days="L,V", type="Entry")) == DAY


def test_what_is_wrong_with_a_route_is_said_where_its_rows_say_it_first() -> None:
    changed = rows()
    for row in changed[:3]:
        row |= {"days": "", "arrival_time": ""}
    changed[1]["days"] = "LMX"
    assert findings_of(table_of(changed)) == [
        'row 2, column arrival_time: is missing; a route of type "entry" needs it, like "08:05"',
        "row 3, column days: must be one of L (Monday), M (Tuesday), Mc (Wednesday), X (Wednesday), J (Thursday), "
        'V (Friday), not "LMX"',
    ]


def test_what_is_wrong_with_the_stops_of_a_route_is_said_of_its_first_row() -> None:
    (finding,) = findings_of(HEADER + "E2,entry,8:30,,1,,40,-3,5,2,x\n" + E1)
    assert finding == 'row 2, route "E2": has 1 stop(s); a route needs two at least, one of them the school'


def test_columns_are_called_as_the_table_calls_them() -> None:
    (finding,) = findings_of((HEADER + E1).replace("lat", "Lat").replace("40.02", "95"))
    assert finding.startswith("row 3, column Lat: ")


def test_all_findings_come_at_once_in_the_order_of_the_rows() -> None:
    changed = rows()
    changed[4]["type"] = "entry"
    changed[1]["lat"] = "north"
    changed[5]["lon"] = ""
    places = [finding.partition(":")[0] for finding in findings_of(table_of(changed))]
    assert places == ["row 3, column lat", "row 6, column type", "row 7, column lon"]


@pytest.mark.parametrize("total", [{"route_id": "Total", "passengers": "73"}, {"passengers": "73"}, {"name": "a note"}])
def test_a_row_that_is_no_stop_is_refused_by_one_sentence(total: Row) -> None:
    table = table_of([*rows(), dict.fromkeys(rows()[0], "") | total])
    assert findings_of(table) == [
        "row 8: is no stop, for it has neither lat, lon nor time_from_start; remove a total or a note"
    ]


def test_two_spellings_of_a_school_are_told_by_their_rows() -> None:
    changed = rows()
    for row, name in zip(changed, ["Oak School"] * 3 + ["oak school"] * 3, strict=True):
        row["school_name"] = name
    assert (
        '1 route(s) have a school_name that looks like another\'s, the first is "oak school" '
        '(row 5, column school_name) beside "Oak School" (row 2, column school_name): is a school there twice?'
    ) in day_of(table_of(changed)).notes


def test_the_first_row_of_a_route_names_it() -> None:
    (finding,) = findings_of(HEADER + ",entry,8:30,,0,,40,-3,0,1,\n" + E1)
    assert finding == "row 2, column route_id: is missing; the first row of a route names it"


def test_options_are_no_part_of_the_table() -> None:
    assert findings_of(HEADER + E1, options={"day": "Z"})[0].startswith("options.day: must be ")


def test_what_looks_like_a_place_in_the_planners_own_words_stays() -> None:
    found = findings_of(with_cells(5, days='a"routes[9].id a"routes[0].stops[9].id routes[0].id'))
    assert [finding.rpartition(" not ")[2] for finding in found[:3]] == [
        '"a"routes[9].id"',
        '"a"routes[0].stops[9].id"',
        '"routes[0].id"',
    ]


@pytest.mark.parametrize(
    ("table", "finding"),
    [
        ("", "the input is empty; give a row with the names of columns, and below it one row a stop"),
        ("\ufeff\n\r\n", "the input is empty"),
        ("Linie;Art\n1;2", "row 1: names no column that is known; the first row has names such as route_id, type, lat"),
        ("\n" * 10 + HEADER + E1, "row 1: names no column that is known"),
        (HEADER, "the input has no row below the names of its columns; give one row a stop"),
        (HEADER + "\n,,,\n", "the input has no row below the names of its columns; give one row a stop"),
        ((HEADER + E1).replace("lat,lon", "Breite,lon"), 'row 1: names no column for lat; not known are '),
        ((HEADER + E1).replace("lat,lon", ",lon"), "row 1: names no column for lat; add what is missing"),
        ("Stops\n\n" + HEADER.replace("lat", "") + E1, "row 3: names no column for lat; add what is missing"),
        ("Stops\n" + HEADER + E1.replace("9,\n", "9,,why\n"), 'row 4: has "why" in cell 12, where row 2 names no'),
        ((HEADER + E1).replace("stop_name,lat", "stop_lat,Latitude"), "row 1: has the column lat twice; remove or"),
        ((HEADER + E1).replace("stop_name", "LAT"), "row 1: has the column lat twice; remove or rename one"),
        (HEADER + E1.replace("9,\n", "9,,why\n"), 'row 3: has "why" in cell 12, where row 1 names no column; name it'),
        (HEADER + E1.replace("Station", '"Station'), "row 3: has a quote that does not end its cell"),
        ("\n<!DOCTYPE html>\n<html><body>Log in</body>", "the input is a web page or XML, not CSV; open it in a"),
        ("<table><tr><td>route_id</td></tr></table>", "the input is a web page or XML, not CSV; open it in a"),
        (b"PK\x03\x04\x14\x00", "the input is a workbook; save its sheet of stops as CSV (UTF-8)"),
        (b"Pe\x81a", "the input is no text: byte 2 can't be read; save it as CSV (UTF-8)"),
        (b"x" * (MOST_BYTES + 1), "the input is larger than the limit of 32 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_stops_is_refused(table: str | bytes, finding: str) -> None:
    (found,) = findings_of(table)
    assert found.startswith(finding)


def test_more_routes_than_a_day_has_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutti.fleet.stop_table.StopTable.add", None)
    table = HEADER + "".join(f"R{number},entry\n" for number in range(20_001))
    assert findings_of(table) == ["the input has 20001 routes, more than 20000; plan it in parts"]


def test_more_cells_than_a_day_has_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutti.fleet.stop_table.rows_of", None)
    assert findings_of(HEADER + ";," * 8_000_001) == ["the input has more than 8,000,000 cells; plan the day in parts"]


def test_every_row_that_has_slipped_is_named() -> None:
    table = HEADER + E1.replace("40.", "40,").replace("-3,", "-3,0,")
    assert [finding.partition(":")[0] for finding in findings_of(table)] == ["row 2", "row 3", "row 4"]


@pytest.mark.parametrize(
    ("data", "name", "is_table"),
    [
        (b"", "day.csv", True),
        (b"a;b", "DAY.TSV", True),
        (b"[]", "day.csv", False),
        (b'\xef\xbb\xbf {"routes": []}', "day.csv", False),
        ((HEADER + E1).encode(), "-", True),
        (b"Lat;Lon;x", "day", True),
        (b"Routes, 2026/27\n;\nLat;Lon;x", "day", True),
        (b"id;name", "-", False),
        (b"no JSON", "-", False),
        (b"PK\x03\x04", "day.xlsx", True),
        (b"\xd0\xcf\x11\xe0", "day.xls", True),
    ],
)
def test_a_table_is_told_from_json_by_what_is_in_it_and_by_its_name(
    data: bytes,
    name: str,
    is_table: bool,
) -> None:
    assert is_stop_table(data, name) is is_table


def test_a_table_has_a_column_for_every_field_of_a_route_and_a_stop() -> None:
    route: JSON = entry()
    fields = {"route_id" if name == "id" else name for name in route if name != "stops"}
    fields |= {"stop_name" if name == "name" else name for name in stop(1)}
    assert fields | {"stop_time"} == set(COLUMNS)


@pytest.mark.parametrize(
    ("separator", "encoding", "form"),
    [
        (",", "utf-8", Form()),
        (";", "utf-8-sig", Form(";", "utf-8-sig")),
        (";", "cp1252", Form(";", "utf-8-sig")),
        ("\t", "utf-16", Form("\t", "utf-16")),
    ],
)
def test_a_table_says_in_what_form_its_spreadsheet_opens_others(separator: str, encoding: str, form: Form) -> None:
    table = (HEADER + E1).replace(",", separator).replace("Mill", "Peña").encode(encoding)
    assert parse_stop_table(table).form == form
