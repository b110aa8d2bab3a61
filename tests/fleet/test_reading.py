import json
import math
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.routes import JSON, entry, leaving, stop
from tutti.fleet.errors import InputError
from tutti.fleet.generate import generate_day
from tutti.fleet.reading import load_json, parse_json, read_day

KINDS = '"entry" (to school) or "exit" (from school)'


def findings_of(content: object) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read_day(content)
    return [(finding.path, finding.message) for finding in caught.value.findings]


def only_finding_of(content: object) -> tuple[str, str]:
    (finding,) = findings_of(content)
    return finding


def test_one_route_is_a_day() -> None:
    assert [route.id for route in read_day([entry()]).routes] == ["E1"]


def test_a_list_of_routes_has_default_options() -> None:
    assert read_day([entry()]) == read_day({"routes": [entry()]}) == read_day({"routes": [entry()], "options": {}})


def test_a_clean_day_has_no_warnings() -> None:
    assert read_day([entry(), leaving()]).warnings == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "is empty; give one route at least"),
        ({"routes": []}, "is empty; give one route at least"),
        ({}, "is missing; give a list of routes in brackets"),
        ({"blocks": []}, "is missing: this is a plan; give a list of routes in brackets"),
        ({"origins": []}, "is missing: these are road times; give a list of routes in brackets"),
        ({"routes": {"E1": {}}}, "must be a list of routes in brackets, not an object"),
        ("E1", 'must be a list of routes in brackets, not "E1"'),
        (None, "must be a list of routes in brackets, not null"),
        ("x" * 40, f'must be a list of routes in brackets, not "{"x" * 40}"'),
        ("x" * 41, f'must be a list of routes in brackets, not "{"x" * 40}…"'),
        (10**20 - 1, f"must be a list of routes in brackets, not {'9' * 20}"),
        (10**20, "must be a list of routes in brackets, not a number of more than 20 digits"),
        ([{}] * 20_001, "has 20001 routes, more than 20000; plan it in parts"),
    ],
)
def test_what_is_no_day_of_routes_is_refused(content: object, message: str) -> None:
    assert only_finding_of(content) == ("routes", message)


@pytest.mark.parametrize(
    ("route", "path", "message"),
    [
        pytest.param("E1", "", 'must be an object with fields in braces, not "E1"', id="a text"),
        pytest.param(entry(id=None), ".id", "is missing; give it a text in quotes", id="no id"),
        pytest.param(entry(id=""), ".id", "is missing; give it a text in quotes", id="empty id"),
        pytest.param(entry(id="  "), ".id", "is missing; give it a text in quotes", id="blank id"),
        pytest.param(entry(id=7), ".id", "must be a text in quotes, not 7", id="number as id"),
        pytest.param(entry(type=None), ".type", f"is missing; give {KINDS}", id="no type"),
        pytest.param(entry(features=["lift", 3]), ".features[1]", "must be a text in quotes, not 3", id="feature 3"),
        pytest.param(entry(features=[" "]), ".features[0]", 'must be a text in quotes, not " "', id="blank feature"),
        pytest.param(entry(type="salida"), ".type", f'must be {KINDS}, not "salida"', id="unknown type"),
        pytest.param(
            entry(arrival_time=None),
            ".arrival_time",
            'is missing; a route of type "entry" needs it, like "08:05"',
            id="no times",
        ),
        pytest.param(
            leaving(departure_time=None),
            ".departure_time",
            'is missing; a route of type "exit" needs it, like "08:05"',
            id="no times home",
        ),
        pytest.param(
            entry(departure_time="14:00"),
            ".departure_time",
            'must not be given: arrival_time is the time of a route of type "entry"; remove it or change the type',
            id="entry with a departure as well",
        ),
        pytest.param(
            entry(arrival_time="24:00"),
            ".arrival_time",
            'must be a time from "00:00" to "23:59" like "08:05", not "24:00"',
            id="24:00",
        ),
        pytest.param(
            entry(arrival_time="7:5"),
            ".arrival_time",
            'must be a time from "00:00" to "23:59" like "08:05", not "7:5"',
            id="7:5",
        ),
        pytest.param(
            entry(arrival_time=510),
            ".arrival_time",
            'must be a time from "00:00" to "23:59" like "08:05", not 510',
            id="minutes as time",
        ),
        pytest.param(
            entry(arrival_time="٠٨:٣٠"),
            ".arrival_time",
            'must be a time from "00:00" to "23:59" like "08:05", not "٠٨:٣٠"',
            id="digits of another script",
        ),
        pytest.param(
            entry(capacity_needed=0),
            ".capacity_needed",
            "must be a whole number from 1 to 1000, not 0",
            id="capacity 0",
        ),
        pytest.param(
            entry(capacity_needed=-1),
            ".capacity_needed",
            "must be a whole number from 1 to 1000, not -1",
            id="negative capacity",
        ),
        pytest.param(
            entry(capacity_needed="21"),
            ".capacity_needed",
            'must be a whole number from 1 to 1000, not "21"; take the quotes away',
            id="text for a number",
        ),
        pytest.param(
            entry(capacity_needed=True),
            ".capacity_needed",
            "must be a whole number from 1 to 1000, not true",
            id="boolean for a number",
        ),
        pytest.param(
            entry(capacity_needed=20.5),
            ".capacity_needed",
            "must be a whole number from 1 to 1000, not 20.5",
            id="half a passenger",
        ),
        pytest.param(
            entry(capacity_needed=10**400),
            ".capacity_needed",
            "must be a whole number from 1 to 1000, not a number of more than 20 digits",
            id="a number beyond all floats",
        ),
        pytest.param(
            entry(vehicle_capacity_min=36, vehicle_capacity_max=35),
            ".vehicle_capacity_min",
            "is 36, more than vehicle_capacity_max 35; swap or correct them",
            id="min above max",
        ),
        pytest.param(
            entry(days=["L", "W"]),
            ".days[1]",
            'must be one of L (Monday), M (Tuesday), Mc (Wednesday), X (Wednesday), J (Thursday), V (Friday), not "W"',
            id="unknown day code",
        ),
        pytest.param(entry(days="L"), ".days", 'must be a list in brackets, not "L"', id="days without brackets"),
        pytest.param(entry(stops=None), ".stops", "is missing; give a list in brackets", id="no stops"),
        pytest.param(
            entry(stops=[stop(3)]),
            ".stops",
            "has 1 stop(s); a route needs two at least, one of them the school",
            id="one stop",
        ),
        pytest.param(
            entry(stops=[stop(3, order=1, time_from_start=0), stop(2, order=2, time_from_start=9)]),
            ".stops",
            "must end at the school: mark the last stop with is_school, or reverse the list",
            id="entry that begins at school",
        ),
        pytest.param(
            leaving(stops=[stop(1), stop(2, is_school=True), stop(3, is_school=False)]),
            ".stops",
            "must have the school at one end: mark the first or the last stop with is_school",
            id="exit with the school in the middle",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, lat=95), stop(3)]),
            ".stops[1].lat",
            "must be a number from -90 to 90, not 95",
            id="latitude 95",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, lat=4433210.5), stop(3)]),
            ".stops[1].lat",
            "must be degrees from -90 to 90, not 4.43321e+06, as if in metres on a map; export latitude and longitude "
            "(WGS 84)",
            id="northing of a projection",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, lon=-181.5), stop(3)]),
            ".stops[1].lon",
            "must be a number from -180 to 180, not -181.5",
            id="longitude -181.5",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, lat=math.nan), stop(3)]),
            ".stops[1].lat",
            "must be a number from -90 to 90, not NaN",
            id="NaN",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, lon=-math.inf), stop(3)]),
            ".stops[1].lon",
            "must be a number from -180 to 180, not -Infinity",
            id="infinity",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2), stop(3, time_from_start=None)]),
            ".stops[2].time_from_start",
            "is missing; give a whole number from 0 to 1440",
            id="no time from start",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, time_from_start=21), stop(3)]),
            ".stops[2].time_from_start",
            "is 20, but 21 at the stop before; minutes go up along a route",
            id="end before start",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, time_from_start=0), stop(3, time_from_start=0)]),
            ".stops",
            "all have time_from_start 0; the last one driven needs the minutes of the whole route",
            id="no duration",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, order=1), stop(3)]),
            ".stops[1].order",
            "is 1 as in routes[1].stops[0]; number the stops 1, 2, 3",
            id="two stops of one order",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, order=None), stop(3)]),
            ".stops[1].order",
            "is missing, but other stops have it; number all of them or none",
            id="a stop without order",
        ),
        pytest.param(
            entry(stops=[stop(1, is_school="no"), stop(2), stop(3)]),
            ".stops[0].is_school",
            'must be true or false, not "no"',
            id="text for a flag",
        ),
    ],
)
def test_a_faulty_field_is_named_with_its_remedy(route: object, path: str, message: str) -> None:
    assert only_finding_of([leaving(id="other"), route]) == (f"routes[1]{path}", message)


def test_an_entry_with_a_departure_only_is_told_both() -> None:
    assert [path for path, _ in findings_of([entry(arrival_time=None, departure_time="14:00")])] == [
        "routes[0].departure_time",
        "routes[0].arrival_time",
    ]


def test_an_id_used_again_names_both_places() -> None:
    assert only_finding_of([entry(), leaving(), entry()]) == (
        "routes[2].id",
        '"E1" is already the id of routes[0]; give each its own',
    )


def test_an_id_used_a_third_time_names_the_first_place() -> None:
    assert [message for _, message in findings_of([entry(), entry(), entry()])] == [
        '"E1" is already the id of routes[0]; give each its own'
    ] * 2


def test_that_no_route_runs_on_the_day_is_said_only_when_all_can_be_read() -> None:
    routes = [entry(days=["V"]), leaving(days=["L"], capacity_needed=0)]
    found = findings_of({"routes": routes, "options": {"day": "L"}})
    assert [path for path, _ in found] == ["routes[1].capacity_needed"]


def test_an_id_used_again_is_found_on_a_route_with_other_faults() -> None:
    broken = entry(stops=[stop(1, lat=95), stop(2), stop(3)])
    assert [path for path, _ in findings_of([entry(), broken])] == ["routes[1].stops[0].lat", "routes[1].id"]


def test_every_fault_of_every_route_is_found_at_once() -> None:
    routes = [entry(id=f"E{number}", capacity_needed=0, type=None) for number in range(500)]
    assert len(findings_of(routes)) == 1000


def test_faults_of_options_and_routes_are_found_together() -> None:
    paths = [path for path, _ in findings_of({"routes": [entry(capacity_needed=0)], "options": {"seed": -1}})]
    assert paths == ["options.seed", "routes[0].capacity_needed"]


def test_faults_between_stops_are_found_on_a_route_with_other_faults() -> None:
    route = entry(capacity_needed=0, stops=[stop(1), stop(2, time_from_start=30), stop(3)])
    assert {path for path, _ in findings_of([route])} == {
        "routes[0].capacity_needed",
        "routes[0].stops[2].time_from_start",
    }


def test_a_fault_between_stops_out_of_order_names_their_places_in_the_input() -> None:
    route = entry(stops=[stop(3), stop(1), stop(2, time_from_start=30)])
    assert findings_of([route])[0][0] == "routes[0].stops[0].time_from_start"


@pytest.mark.parametrize(
    ("route", "warning"),
    [
        pytest.param(
            entry(colour="blue"), 'the field "colour" of 1 route(s) is not known and was ignored', id="field of a route"
        ),
        pytest.param(
            entry(stops=[stop(1, zone=3), stop(2, zone=3), stop(3)]),
            'the field "zone" of 2 stop(s) is not known and was ignored',
            id="field of a stop",
        ),
        pytest.param(
            entry(stops=[stop(2), stop(3), stop(1)]),
            "the stops of 1 route(s) were sorted by their order fields",
            id="stops out of order",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2), stop(3, is_school=False)]),
            "1 route(s) have no stop with is_school: their last stop was taken for the school",
            id="no school",
        ),
        pytest.param(
            entry(days=[]),
            "1 route(s) name no day in days: they were taken to run every day",
            id="days without a day",
        ),
        pytest.param(
            entry(capacity_needed=None),
            "1 route(s) have no capacity_needed: the passengers of their stops were added up",
            id="no capacity",
        ),
        pytest.param(
            entry(capacity_needed=None, stops=[stop(1, passengers=None), stop(2, passengers=None), stop(3)]),
            "1 route(s) have neither capacity_needed nor passengers: one seat was taken to be enough, so give them "
            "before you plan with vehicle_types",
            id="nobody rides",
        ),
        pytest.param(
            entry(arrival_time="08:30:59"),
            "the seconds of 1 time(s) were left out: plans are in whole minutes",
            id="seconds",
        ),
        pytest.param(
            entry(arrival_time="8:30:59"),
            "the seconds of 1 time(s) were left out: plans are in whole minutes",
            id="seconds after an hour of one digit",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2, lat=0, lon=0), stop(3)]),
            "2 stop(s) are so far from the stop before that no bus drives it in their minutes, the first is "
            'routes[1].stops[1] ("Station" of route "E1"): look at lat and lon there and before',
            id="a place in the ocean",
        ),
        pytest.param(
            entry(stops=[stop(1), stop(2), stop(3, name=None, lat=0, lon=0)]),
            "1 stop(s) are so far from the stop before that no bus drives it in their minutes, the first is "
            'routes[1].stops[2] (stop 3 of route "E1"): look at lat and lon there and before',
            id="a place in the ocean without a name",
        ),
    ],
)
def test_what_is_repaired_or_ignored_is_said(route: JSON, warning: str) -> None:
    assert read_day([leaving(), route]).warnings == (warning,)


def test_a_route_without_passengers_needs_one_seat() -> None:
    stops = [stop(number, passengers=0) for number in (1, 2, 3)]
    (route,) = read_day([entry(stops=stops, capacity_needed=None)]).routes
    assert route.capacity_needed == 1


def test_minutes_that_go_down_are_refused_on_the_way_to_school() -> None:
    stops = [stop(number, time_from_start=minutes) for number, minutes in ((1, 20), (2, 8), (3, 0))]
    assert read_day([leaving(stops=stops)]).routes[0].duration_min == 20
    with pytest.raises(InputError) as caught:
        read_day([entry(stops=stops)])
    assert [finding.path for finding in caught.value.findings] == [
        "routes[0].stops[1].time_from_start",
        "routes[0].stops[2].time_from_start",
    ]


@pytest.mark.parametrize(("time", "minutes"), [("8:05", 485), ("08:05", 485), ("0:05", 5), ("9:59:00", 599)])
def test_the_hour_of_a_time_may_have_one_digit(time: str, minutes: int) -> None:
    (route,) = read_day([entry(arrival_time=time)]).routes
    assert route.bell_min == minutes


def test_a_field_beside_the_routes_that_is_not_known_is_said() -> None:
    content = {"routes": [entry()], "optoins": {}, "comment": ""}
    assert read_day(content).warnings == (
        'the field "optoins" beside routes is not known and was ignored',
        'the field "comment" beside routes is not known and was ignored',
    )


def test_stops_out_of_order_are_driven_in_their_order() -> None:
    assert read_day([entry(stops=[stop(2), stop(3), stop(1)])]).routes == read_day([entry()]).routes


def test_passengers_are_added_up_where_no_capacity_is_given() -> None:
    assert read_day([entry(capacity_needed=None)]).routes[0].capacity_needed == 21


def test_what_the_kept_clients_need_is_carried_along() -> None:
    route = read_day([entry()]).routes[0]
    assert (route.school_id, route.school_name, route.contract_id) == ("S1", "Oak School", "C1")
    assert (route.vehicle_capacity_min, route.vehicle_capacity_max, route.vehicle_capacity_range) == (1, 22, "1-22")


def test_a_route_may_want_buses_of_one_size() -> None:
    assert read_day([entry(vehicle_capacity_min=22)]).routes[0].vehicle_capacity_min == 22


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def refused_at(content: object) -> list[str]:
    """The paths of what is wrong; none if all of it was read."""
    try:
        read_day(content)
    except InputError as error:
        return [finding.path for finding in error.findings]
    return []


@given(name=st.sampled_from(sorted(entry())), value=ANY_JSON)
def test_any_value_of_a_route_is_read_or_refused_at_that_route(name: str, value: object) -> None:
    paths = refused_at([leaving(id="other"), entry(**{name: value})])
    assert all(path.startswith("routes[1].") for path in paths)


@given(number=st.integers(1, 3), name=st.sampled_from(sorted(stop(1))), value=ANY_JSON)
def test_any_value_of_a_stop_is_read_or_refused_at_its_route(number: int, name: str, value: object) -> None:
    stops = [stop(one, **({name: value} if one == number else {})) for one in (1, 2, 3)]
    assert all(path.startswith("routes[0].stops") for path in refused_at([entry(stops=stops)]))


@given(ANY_JSON)
def test_any_json_is_read_or_refused(content: object) -> None:
    with pytest.raises(InputError):
        read_day(content)


def test_a_file_is_read_as_json(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(json.dumps(generate_day(3)))
    assert load_json(file) == generate_day(3)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"day\.json: there is no such file"):
        load_json(tmp_path / "day.json")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory; name a file in it"):
        load_json(tmp_path)


@pytest.fixture
def few_rights() -> Iterator[None]:
    """Root may read every file, so its tests take the rights of nobody for a moment."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("few_rights")
def test_a_file_without_permission_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "day.json"
        file.touch(mode=0)
        with pytest.raises(InputError, match="may not be read; change its permissions"):
            load_json(file)


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    with file.open("wb") as large:
        large.truncate(40 * 2**20)
    with pytest.raises(InputError, match="is larger than the limit of 32 MiB; plan the day in parts"):
        load_json(file)


def test_more_values_than_a_day_of_that_size_has_are_refused_before_they_are_made() -> None:
    with pytest.raises(InputError, match="the input has more than 4,194,304 values; plan the day in parts"):
        parse_json(b"[" + b"[]," * 2_100_000 + b"[")  # that it is no JSON either is not even seen


def test_a_day_in_as_few_bytes_as_possible_is_far_from_that_limit() -> None:
    stop = {"lat": 1, "lon": 1, "time_from_start": 0}
    route = {"id": "1", "type": "entry", "arrival_time": "08:00", "stops": [stop] * 40}
    text = json.dumps([route] * 10, separators=(",", ":"))
    assert len(text) / sum(map(text.count, ",[{")) > 9


def test_a_device_without_end_is_refused_like_a_large_file() -> None:
    with pytest.raises(InputError, match=r"is larger than the limit of 0\.5 MiB"):
        load_json(Path("/dev/zero"), most_bytes=2**19)


def test_a_stop_that_is_far_is_named_by_its_place_in_the_input() -> None:
    sorted_first, far = read_day([entry(stops=[stop(2), stop(3), stop(1, lat=-3.0, lon=40.0)])]).warnings
    assert "sorted" in sorted_first
    assert far.startswith("1 stop(s) are so far")
    assert "the first is routes[0].stops[0]" in far


@pytest.mark.parametrize("data", [b'[{"id": "a",}]', b'[{"id": "a"},\n]'])
def test_a_comma_too_many_is_named(data: bytes) -> None:
    with pytest.raises(InputError, match=r"is not JSON: .* comma before"):  # Python 3.13 says so itself
        parse_json(data)


def test_stops_that_are_close_over_the_date_line_are_not_far() -> None:
    stops = [stop(1, lon=179.99), stop(2, lon=-179.99), stop(3, lon=-179.98)]
    assert read_day([entry(stops=stops)]).warnings == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "the input is not JSON: Expecting value in line 1, column 1; it is empty", id="empty"),
        pytest.param(
            b"id;name",
            "the input is not JSON: Expecting value in line 1, column 1; JSON begins with [ or {",
            id="a table",
        ),
        pytest.param(
            b'[\n {"id": E1}]', "the input is not JSON: Expecting value in line 2, column 9", id="quotes forgotten"
        ),
        pytest.param(
            b'{"id": "a"',
            "the input is not JSON: Expecting ',' delimiter in line 1, column 11",
            id="cut off",
        ),
        pytest.param(
            b'{"name": "Pe\xf1a"}', "the input is not UTF-8 text: byte 12 can't be read; save it as UTF-8", id="latin 1"
        ),
        pytest.param(b"[" * 100_000, "the input is nested too deeply; routes are a list of objects", id="deep nesting"),
        pytest.param(
            b'{"id": 1, "id": 2}', 'the input has the field "id" twice in one object; remove one', id="field twice"
        ),
        pytest.param(b"9" * 5000, "the input has a number of more than 4300 digits", id="endless number"),
        pytest.param(
            rb'{"name": "\ud83d"}',
            r"the input has half of a surrogate pair, like \ud83d alone; write whole characters",
            id="half a character",
        ),
        pytest.param(
            '["Peña"]'.encode("utf-16"),
            "the input is not UTF-8 text: byte 0 can't be read; save it as UTF-8",
            id="UTF-16",
        ),
        pytest.param(b"[1] 2", "the input is not JSON: Extra data in line 1, column 5", id="two values"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_json(data)
    assert str(caught.value) == message


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert parse_json(rb'["\ud83d\ude8c"]') == ["\N{BUS}"]


def test_bytes_over_the_limit_are_refused() -> None:
    with pytest.raises(InputError, match=r"is larger than the limit of 0\.5 MiB; plan the day in parts"):
        parse_json(b" " * (2**19 + 1), most_bytes=2**19)
