"""Starts that were told: no trip starts further from its start in the earlier plan than the planner allows."""

from typing import Any

import pytest

from tests.fleet.routes import entry
from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.plan import Status
from tutti.fleet.reading import read_day
from tutti.fleet.statements import check_document
from tutti.optimizer.planning import answer
from tutti.optimizer.standing import Standing, stood_at

LIMIT = "each start is held within {} min of that in the plan to start from: what is proven is proven of such plans"
UNMOVED = {"shift_min": 0, "deadhead_before_min": 0}


def told(**starts: int) -> dict[str, Any]:
    """A plan with a bus for each route, which takes 20 minutes."""
    return {
        "blocks": [
            {
                "id": name,
                "vehicle_type": "bus",
                "seats": 21,
                "trips": [{"route_id": name, "start_min": start, "end_min": start + 20} | UNMOVED],
            }
            for name, start in starts.items()
        ]
    }


def day_of(*routes: dict[str, Any], told: dict[str, Any] | None = None, **options: object) -> Day:
    return read_day({"routes": list(routes), "options": options, **({"from": told} if told else {})})


def windows(day: Day) -> list[tuple[int, int]]:
    return [(trip.earliest_min, trip.latest_min) for trip in day.problem().trips]


@pytest.mark.parametrize(
    ("start", "most", "window"),
    [
        (490, 0, (490, 490)),
        (492, 2, (490, 494)),
        (494, 2, (492, 495)),
        (486, 2, (485, 488)),
        (499, 4, (495, 495)),
        (481, 4, (485, 485)),
        (490, 600, (485, 495)),
        (490, None, (485, 495)),
    ],
)
def test_a_trip_starts_near_its_earlier_start_and_within_its_window(
    start: int, most: int | None, window: tuple[int, int]
) -> None:
    assert windows(day_of(entry(), told=told(E1=start), max_time_change_min=most)) == [window]


@pytest.mark.parametrize("start", [480, 500])
def test_a_route_whose_window_is_elsewhere_now_is_not_held_and_named(start: int) -> None:
    day = day_of(entry(), entry(id="E2"), told=told(E1=start, E2=490), max_time_change_min=4)
    assert windows(day) == [(485, 495), (486, 494)]
    assert day.warnings == (
        LIMIT.format(4),
        "1 route(s) have windows further than 4 min from their starts in the plan to start from, and are not held: E1",
    )


def test_a_new_route_has_all_of_its_window() -> None:
    assert windows(day_of(entry(), entry(id="E3"), told=told(E1=491), max_time_change_min=0))[1] == (485, 495)


def test_where_there_is_no_earlier_plan_a_warning_says_that_nothing_is_held() -> None:
    (warning,) = day_of(entry(), max_time_change_min=0).warnings
    assert warning == "max_time_change_min holds no start, for there is no plan to start from"
    week = day_of(entry(), max_time_change_min=0, week=True)
    assert week.warnings == (LIMIT.format(0).replace("in the plan to start from", "on the most frequent days"),)


def test_a_bus_that_only_another_time_would_save_is_proven_to_be_needed() -> None:
    """From one route to the other takes 7 minutes, and between their earlier starts there is one too few."""
    routes = entry(), entry(id="E2", arrival_time="08:58")
    earlier = told(E1=490, E2=516)
    buses = {}
    for most in (None, 5, 0):
        day = day_of(*routes, told=earlier, max_time_change_min=most)
        found = answer(day)
        assert found.certificate.status is Status.OPTIMAL
        assert check_document(day, found.document) == []
        buses[most] = found.document["kpis"]["buses"]
    assert buses == {None: 1, 5: 1, 0: 2}


def test_a_plan_with_a_start_that_is_too_far_from_the_earlier_one_breaks_a_rule() -> None:
    routes = entry(), entry(id="E2", arrival_time="10:00")
    document = answer(day_of(*routes)).document
    starts = {trip["route_id"]: trip["start_min"] for block in document["blocks"] for trip in block["trips"]}
    held = day_of(*routes, told=told(E1=starts["E1"] + 3, E2=starts["E2"]), max_time_change_min=2)
    assert {found.rule for found in check_document(held, document)} == {"trips_start_in_their_windows"}
    near = day_of(*routes, told=told(E1=starts["E1"] + 2, E2=starts["E2"]), max_time_change_min=2)
    assert check_document(near, document) == []


def test_the_other_days_of_a_week_are_held_to_the_most_frequent_ones() -> None:
    """On Friday one bus would do for two routes if the first began earlier than it does on the other days."""
    routes = entry(days=["L", "M", "V"]), entry(id="E2", arrival_time="08:51", days=["V"])
    free, held = (day_of(*routes, week=True, max_time_change_min=most) for most in (None, 0))
    documents = [answer(day).document for day in (free, held)]
    assert [document["other_days"][0]["kpis"]["buses"] for document in documents] == [1, 2]
    assert check_document(free, documents[0]) == check_document(held, documents[1]) == []
    (found,) = check_document(held, documents[0])
    assert (found.rule, found.path.partition(".blocks")[0]) == ("trips_start_in_their_windows", "other_days[0]")


def test_what_was_known_of_other_days_is_left_when_the_times_that_they_are_held_to_are_others_now() -> None:
    """An attempt before had Friday planned to its end, but not the days whose times it is held to."""
    routes = entry(days=["L", "M", "V"]), entry(id="E2", arrival_time="08:51", days=["V"])
    free, held = (day_of(*routes, week=True, max_time_change_min=most) for most in (None, 0))
    friday = stood_at(answer(free).document, None)["V",]
    found = answer(held, start={("L", "M"): Standing(read_plan(told(E1=489))), ("V",): friday})
    assert [part["kpis"]["buses"] for part in found.document["other_days"]] == [2]
    assert check_document(held, found.document) == []
