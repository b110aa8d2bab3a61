from typing import Any

import pytest

from tests.fleet.routes import entry
from tutti.fleet.errors import InputError
from tutti.fleet.options import OPTION_NAMES, Options, with_options
from tutti.fleet.reading import read_day
from tutti.fleet.travel import GreatCircleTravel
from tutti.fleet.windows import Windows


def options_of(**given: Any) -> Options:
    return read_day({"routes": [entry()], "options": given}).options


def test_defaults_are_those_of_the_kept_contract() -> None:
    options = options_of()
    assert (options.windows.entry, options.windows.exit) == ((-5, 5), (-5, 10))
    assert options.earliest_start_min == 360
    assert options.travel == GreatCircleTravel(speed_kmh=50, added_min=3, minimum_min=5, buffer_min=2)
    assert (options.day, options.gap, options.seed) == (None, None, 0)


def test_what_is_left_out_keeps_its_default() -> None:
    assert options_of(windows={"exit": [0, 20]}) == Options(windows=Windows(exit=(0, 20)))
    assert options_of(travel={"buffer_min": 0}) == Options(travel=GreatCircleTravel(buffer_min=0))


def test_every_option_can_be_chosen() -> None:
    assert options_of(
        windows={"entry": [-20, 0], "exit": [0, 20]},
        travel={"speed_kmh": 40.5, "added_min": 2, "minimum_min": 4, "buffer_min": 1},
        earliest_start="05:30",
        day="V",
        time_limit_s=0.5,
        gap=0.01,
        seed=7,
    ) == Options(
        windows=Windows(entry=(-20, 0), exit=(0, 20)),
        travel=GreatCircleTravel(speed_kmh=40.5, added_min=2, minimum_min=4, buffer_min=1),
        earliest_start_min=330,
        day="V",
        time_limit_s=0.5,
        gap=0.01,
        seed=7,
    )


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        pytest.param(
            {"depots": []},
            "the option depots is empty: blocks begin and end where their trips do",
            id="no depot in the list",
        ),
        pytest.param(
            {"earliest_start": "6:00:30"},
            "the seconds of 1 time(s) were left out: plans are in whole minutes",
            id="seconds",
        ),
        pytest.param(
            {"vehicle_types": [{"name": name, "seats": 30} for name in ("v", "w", "v ", "V")]},
            '2 vehicle type(s) have a name that looks like another\'s, the first is "v " beside "v": '
            "is a vehicle type there twice?",
            id="types that look alike",
        ),
        pytest.param(
            {"depots": [{"name": name, "lat": 40, "lon": -3} for name in ("North", "north")]},
            '1 depot(s) have a name that looks like another\'s, the first is "north" beside "North": '
            "is a depot there twice?",
            id="depots that look alike",
        ),
    ],
)
def test_what_may_have_been_meant_otherwise_is_said(given: dict[str, Any], warning: str) -> None:
    assert read_day({"routes": [entry()], "options": given}).warnings == (warning,)


def test_chosen_options_leave_what_are_no_options_to_be_refused() -> None:
    changed = with_options({"routes": [entry()], "options": [7]}, {"seed": 3})
    with pytest.raises(InputError, match="options: must be an object with fields in braces, not a list"):
        read_day(changed)


@pytest.mark.parametrize("given", [{}, {"depots": None, "earliest_start": "06:00:00"}])
def test_of_other_options_nothing_is_said(given: dict[str, Any]) -> None:
    assert read_day({"routes": [entry()], "options": given}).warnings == ()


def test_a_window_may_be_a_single_minute() -> None:
    assert options_of(windows={"entry": [0, 0]}).windows.entry == (0, 0)


def test_no_time_limit_can_be_chosen() -> None:
    assert options_of(time_limit_s=None).time_limit_s is None


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        pytest.param(
            {"windows": {"entry": [5, -5]}},
            "options.windows.entry",
            "is turned round: 5 is after -5; write [-5, 5]",
            id="window turned round",
        ),
        pytest.param(
            {"windows": {"exit": [0]}},
            "options.windows.exit",
            "must be two whole numbers of minutes, at most 720 off, like [-5, 10]",
            id="half a window",
        ),
        pytest.param(
            {"windows": {"exit": [0, "10"]}},
            "options.windows.exit",
            "must be two whole numbers of minutes, at most 720 off, like [-5, 10]",
            id="text in a window",
        ),
        pytest.param(
            {"windows": {"exit": [True, 10]}},
            "options.windows.exit",
            "must be two whole numbers of minutes, at most 720 off, like [-5, 10]",
            id="boolean in a window",
        ),
        pytest.param(
            {"windows": [-5, 5]}, "options.windows", "must be an object with fields in braces, not a list", id="no kind"
        ),
        pytest.param(
            {"windows": {"arrival": [-5, 5]}},
            "options.windows.arrival",
            '"arrival" is not an option; known are entry, exit, schools, routes',
            id="unknown kind",
        ),
        pytest.param(
            {"time_limit": 30},
            "options.time_limit",
            '"time_limit" is not an option; did you mean "time_limit_s"?',
            id="name almost right",
        ),
        pytest.param(
            {"colour": 1},
            "options.colour",
            f'"colour" is not an option; known are {", ".join(OPTION_NAMES)}',
            id="unknown name",
        ),
        pytest.param(
            {"time_limit_s": 0},
            "options.time_limit_s",
            "must be a number from 0.001 to 86400, not 0",
            id="no time",
        ),
        pytest.param({"gap": 1.5}, "options.gap", "must be a number from 0 to 1, not 1.5", id="gap over 1"),
        pytest.param(
            {"seed": "7"},
            "options.seed",
            'must be a whole number from 0 to 2147483647, not "7"; take the quotes away',
            id="seed in quotes",
        ),
        pytest.param(
            {"travel": {"speed_kmh": 0}},
            "options.travel.speed_kmh",
            "must be a number from 1 to 200, not 0",
            id="standing still",
        ),
        pytest.param(
            {"travel": {"buffer_min": -1}},
            "options.travel.buffer_min",
            "must be a whole number from 0 to 600, not -1",
            id="negative buffer",
        ),
        pytest.param(
            {"travel": {"speed": 30}},
            "options.travel.speed",
            '"speed" is not an option; did you mean "speed_kmh"?',
            id="unknown travel rule",
        ),
        pytest.param(
            {"earliest_start": 360},
            "options.earliest_start",
            'must be a time from "00:00" to "23:59" like "08:05", not 360',
            id="minutes for a time",
        ),
        pytest.param(
            {"day": "monday"},
            "options.day",
            'must be "L" (Monday) or "M" (Tuesday) or "Mc" (Wednesday) or "X" (Wednesday) or "J" (Thursday) or "V" '
            '(Friday), not "monday"',
            id="unknown day",
        ),
        pytest.param(
            {"day": "M"},
            "options.day",
            'no route runs on "M"; choose another day',
            id="a day without routes",
        ),
    ],
)
def test_a_faulty_option_is_named_with_its_remedy(given: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        options_of(**given)
    ((finding,),) = (caught.value.findings,)
    assert (finding.path, finding.message) == (path, message)


def test_all_faulty_options_are_found_at_once() -> None:
    with pytest.raises(InputError) as caught:
        options_of(gap=-1, seed=-1, travel={"speed_kmh": "fast", "bufer_min": 1}, windows={"entry": 5, "exit": [3, 2]})
    assert {finding.path for finding in caught.value.findings} == {
        "options.gap",
        "options.seed",
        "options.travel.speed_kmh",
        "options.travel.bufer_min",
        "options.windows.entry",
        "options.windows.exit",
    }


def test_options_that_are_no_object_are_refused() -> None:
    with pytest.raises(InputError, match="options: must be an object with fields in braces, not a list"):
        read_day({"routes": [entry()], "options": [1]})


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"move_penalty_min": 5}, "move_penalty_min does nothing: it is about an earlier plan, and there is none"),
        ({"consistency_min": 5}, "consistency_min does nothing: it is about a week, and one day is planned"),
        ({"max_time_change_min": 0, "consistency_min": 5, "week": True}, None),
        ({"max_time_change_min": None, "move_penalty_min": 0, "consistency_min": 0}, None),
    ],
)
def test_an_option_that_promises_what_this_day_cannot_have_brings_a_warning(
    given: dict[str, Any], about: str | None
) -> None:
    notes = read_day({"routes": [entry(days=["L"])], "options": given}).notes
    assert notes == (() if about is None else (f"the option {about}",))
