"""Ids that people take for the same."""

import pytest

from tests.fleet.routes import entry
from tutti.fleet.looks import looks
from tutti.fleet.reading import read_day


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("KM-1 A", id="the same"),
        pytest.param("km-1 a", id="small letters"),
        pytest.param(" KM-1  A\u00a0", id="blanks"),
        pytest.param("\uff2bM-1 A", id="a wide letter"),
        pytest.param("KM\u200b-1 A", id="a character without width"),
        pytest.param("\u041aM-1 A", id="a Cyrillic letter"),
        pytest.param("K\u039c-1 \u0391", id="Greek letters"),
    ],
)
def test_texts_look_alike(text: str) -> None:
    assert looks(text) == looks("KM-1 A")


@pytest.mark.parametrize("text", ["KM-1A", "KM1 A", "KM-2 A", "NM-1 A", ""])
def test_other_texts_do_not(text: str) -> None:
    assert looks(text) != looks("KM-1 A")


def test_a_warning_tells_of_schools_that_look_alike_and_of_their_places() -> None:
    routes = [entry(id=str(number), school_id=name) for number, name in enumerate(["S1", "S2", "s1", "S1", "s1"])]
    assert read_day(routes).notes == (
        '2 route(s) have a school_id that looks like another\'s, the first is "s1" (routes[2].school_id) beside "S1" '
        "(routes[0].school_id): is a school there twice?",
    )


def test_a_warning_tells_of_ids_that_look_alike() -> None:
    day = read_day([entry(id=name) for name in ("R1", "R2", "r1", "R1 ", "R3")])
    assert day.notes == (
        '2 route(s) have an id that looks like another\'s, the first is "r1" beside "R1": is a route there twice?',
    )
