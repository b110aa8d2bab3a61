"""Tables whose stops say their time of day, as programs for routes export them."""

import pytest

from tests.fleet.test_stop_table import day_of, findings_of

HEADER = "route_id,type,Stop Time,lat,lon,passengers,is_school\n"
TO_SCHOOL = "E1,entry,7:58 AM,40.01,-3,12,\nE1,entry,8:06 AM,40.02,-3,9,\nE1,entry,8:20 AM,40.03,-3,,{school}\n"
FROM_SCHOOL = "X1,exit,2:00 PM,40.03,-3,,{school}\nX1,exit,2:12 PM,40.02,-3,9,\nX1,exit,2:20 PM,40.01,-3,12,\n"
AGAINST_THE_LIST = "X1,exit,14:20,40.01,-3,12,\nX1,exit,14:12,40.02,-3,9,\nX1,exit,14:00,40.03,-3,,{school}\n"


@pytest.mark.parametrize("school", ["", "x"])
def test_minutes_and_bells_follow_from_times_of_day(school: str) -> None:
    day = day_of(HEADER + (TO_SCHOOL + FROM_SCHOOL).format(school=school))
    assert [[stop.time_from_start for stop in route.stops] for route in day.routes] == [[0, 8, 22], [0, 12, 20]]
    assert [route.bell_min for route in day.routes] == [8 * 60 + 20, 14 * 60]
    assert "2 route(s) have neither arrival_time nor departure_time: the time at the school was taken" in day.notes


SLOWLY = (FROM_SCHOOL.replace("2:12 PM", "2:00 PM"), AGAINST_THE_LIST.replace("14:12", "14:00"))


@pytest.mark.parametrize("table", [FROM_SCHOOL, AGAINST_THE_LIST, *SLOWLY])
@pytest.mark.parametrize("school", ["", "x"])
def test_a_route_from_school_is_driven_as_its_times_say(table: str, school: str) -> None:
    (trip,) = day_of(HEADER + table.format(school=school)).problem().trips
    assert (trip.asked_min, trip.duration_min) == (14 * 60, 20)
    assert (trip.origin, trip.destination) == ((40.03, -3.0), (40.01, -3.0))


def test_a_route_between_two_schools_is_driven_as_its_times_say() -> None:
    table = FROM_SCHOOL.format(school="x").replace("40.01,-3,12,", "40.01,-3,12,x")
    (trip,) = day_of(HEADER + table).problem().trips
    assert trip.origin == (40.03, -3.0)


def test_a_bell_that_is_given_counts_before_the_time_at_the_school() -> None:
    rows = [f"8:30,{row}\n" for row in TO_SCHOOL.format(school="x").splitlines()]
    day = day_of("arrival_time," + HEADER + "".join(rows))
    assert [(route.bell_min, route.duration_min) for route in day.routes] == [(510, 22)]


def test_what_is_wrong_with_a_time_is_said_in_its_column_and_once() -> None:
    table = TO_SCHOOL.replace("7:58 AM", "").replace("8:06", "25:06").format(school="x")
    assert findings_of(HEADER + table) == [
        "row 2, column Stop Time: is missing; each stop needs the time of day at which the bus is there",
        'row 3, column Stop Time: must be a time from "00:00" to "23:59" like "08:05", not "25:06 AM"',
    ]


def test_times_go_up_along_a_route() -> None:
    (finding,) = findings_of(HEADER + TO_SCHOOL.replace("7:58", "8:10").format(school="x"))
    assert finding == "row 3, column Stop Time: is 0, but 4 at the stop before; minutes go up along a route"


@pytest.mark.parametrize(
    "table",
    [TO_SCHOOL.replace("8:20 AM", "8:20 PM"), FROM_SCHOOL.replace("2:00", "11:50").replace("2:20 PM", "12:10 AM")],
)
def test_times_of_a_route_in_both_halves_of_the_day_are_refused(table: str) -> None:
    (finding,) = findings_of(HEADER + table.format(school=""))
    message = "is more than 12 h from others of its route; correct AM or PM; one past midnight needs time_from_start"
    assert finding.endswith(f"column Stop Time: {message}")


def test_a_route_from_school_that_gets_there_last_is_refused() -> None:
    (finding,) = findings_of(HEADER + TO_SCHOOL.replace("entry", "exit").format(school="x"))
    assert finding == 'row 4, column Stop Time: is not the first time, but a route of type "exit" begins at the school'


def test_seconds_are_left_out_and_that_is_said() -> None:
    day = day_of(HEADER + TO_SCHOOL.replace("8:06 AM", "08:06:40").format(school="x"))
    assert day.routes[0].stops[1].time_from_start == 8
    assert "the seconds of 1 time(s) were left out: plans are in whole minutes" in day.notes


def test_minutes_and_times_of_day_are_not_given_together() -> None:
    (finding,) = findings_of("time_from_start," + HEADER + "0," + TO_SCHOOL.format(school="x"))
    assert finding == "row 1: has the columns time_from_start and stop_time; remove one of them"


def test_times_of_day_in_other_columns_are_told_where_they_belong() -> None:
    minutes = HEADER.replace("Stop Time", "time_from_start,arrival_time")
    rows = "E1,entry,7:58,8:20,40.01,-3,12,\nE1,entry,22,8:00,40.03,-3,,x\n"
    assert findings_of(minutes + rows) == [
        'row 2, column time_from_start: is "7:58", but counts minutes; if it is the time call it stop_time',
        'row 3, column arrival_time: is "8:00", but "8:20" in row 2 of the same route; the time at a stop is stop_time',
    ]
