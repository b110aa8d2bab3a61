"""What a client prefers, told in headers."""

import pytest

from tutti.api.errors import NotAcceptableError
from tutti.api.preferences import Preference, best_media_type, preference

OFFERS = ["application/json", "text/csv", "text/html"]


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        ([], "application/json"),
        ([""], "application/json"),
        (["*/*"], "application/json"),
        (["text/*"], "text/csv"),
        (["TEXT/CSV;charset=utf-8"], "text/csv"),
        (["text/csv;q=0.1, text/html;q=0.2"], "text/html"),
        (["application/json;q=0, */*"], "text/csv"),
        (["*/*;q=0.9, text/csv;q=0.1, application/json;q=0.2"], "text/html"),
        (["text/*;q=0.1, text/html, */*;q=0.5"], "text/html"),
        (["image/png", "text/csv"], "text/csv"),
        (["text/csv;q=nan"], "text/csv"),
        (["text/csv;q=inf, text/html"], "text/csv"),
        (["text/csv;q=-1"], "text/csv"),
        (["text/csv;q="], "text/csv"),
        (["text/csv, application/json;q=1"], "application/json"),
    ],
)
def test_the_media_type_is_the_one_that_is_liked_best(accept: list[str], best: str) -> None:
    assert best_media_type(accept, OFFERS) == best


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/csv;q=0.000", "text", "*/csv", ";;"])
def test_a_media_type_that_is_not_there_is_not_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptableError, match="what can be had: application/json, text/csv, text/html"):
        best_media_type([accept], OFFERS)


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (None, Preference()),
        ("wait=10", Preference(wait_s=10)),
        ('Respond-Async, WAIT="10"', Preference(respond_async=True, wait_s=10)),
        ("wait=1000000", Preference(wait_s=3600)),
        ("wait=-1", Preference()),
        ("wait=²", Preference()),
        ("wait=1e9, handling=strict", Preference()),
    ],
)
def test_what_is_preferred_is_done_as_far_as_it_is_understood(header: str | None, asked: Preference) -> None:
    assert preference(header) == asked
