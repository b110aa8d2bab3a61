"""The task that workers run, where what it needs is away."""

from typing import Any, NoReturn

import pytest
from celery.exceptions import Retry
from sqlalchemy.exc import OperationalError

from tutti.execution import tasks
from tutti.execution.tasks import optimize_task


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How the task was sent again, by a worker whose job store is away."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks, "this_process", away)
    monkeypatch.setattr(optimize_task, "apply_async", lambda *_, **options: sent.append(options))
    return sent


@pytest.mark.parametrize(("retries", "countdown_s"), [(0, 60), (1, 120), (2, 240)])
def test_a_task_whose_store_is_away_comes_again_after_twice_as_long(
    sent: list[dict[str, Any]], retries: int, countdown_s: int
) -> None:
    with pytest.raises(Retry):
        run(retries)
    assert [(one["countdown"], one["retries"]) for one in sent] == [(countdown_s, retries + 1)]


def test_a_store_that_is_away_is_told_in_its_own_words_and_not_by_the_statement(
    sent: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Retry):
        run(0)
    (line,) = (record.getMessage() for record in caplog.records if record.name == tasks.__name__)
    assert line == "what the task needs is away, it is tried again later: away"


def test_a_task_is_tried_three_times_again(sent: list[dict[str, Any]]) -> None:
    with pytest.raises(OperationalError):
        run(3)
    assert not sent


def away() -> NoReturn:
    raise OperationalError("SELECT 1", {}, Exception("away"))


def run(retries: int) -> None:
    """The task as a worker calls it that has sent it so many times again."""
    optimize_task.push_request(id="job", args=[None, "job"], kwargs={}, retries=retries, called_directly=False)
    try:
        optimize_task.run(None, "job")
    finally:
        optimize_task.pop_request()
