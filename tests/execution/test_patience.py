"""How long an attempt waits for a solver that was asked to stop."""

from threading import Event

import pytest

from tutti.execution.patience import Patience
from tutti.settings import Settings


class Clock:
    """Stands for the module `time`."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("tutti.execution.patience.time", clock)
    return clock


def test_a_solver_that_was_to_stop_before_it_had_a_plan_has_its_grace_from_its_first_plan_on(clock: Clock) -> None:
    asked: list[str] = []
    patience = Patience(Settings(stop_grace_s=2), Event(), asked.append)
    patience.stop_and_keep_best()
    clock.now += 60
    assert not patience.is_over(has_plan=False, has_kept_answer=False)
    patience.first_plan_is_there()
    assert not patience.is_over(has_plan=True, has_kept_answer=True)
    clock.now += 3
    assert patience.is_over(has_plan=True, has_kept_answer=True)
    assert asked == ["stopped on request"]


def test_a_job_has_the_finish_grace_to_end_by_itself_when_the_service_ends(clock: Clock) -> None:
    asked: list[str] = []
    closing = Event()
    patience = Patience(Settings(finish_grace_s=5), closing, asked.append)
    clock.now += 60
    patience.end_with_the_service()
    closing.set()
    for _ in range(5):
        patience.end_with_the_service()
        assert asked == []
        clock.now += 1
    patience.end_with_the_service()
    assert asked == ["the service shuts down"]


def test_a_solver_that_alone_has_the_plan_gets_ten_graces_and_no_more(clock: Clock) -> None:
    patience = Patience(Settings(stop_grace_s=2), Event(), lambda _: None)
    patience.stop_and_keep_best()
    clock.now += 20
    assert not patience.is_over(has_plan=True, has_kept_answer=False)
    clock.now += 1
    assert patience.is_over(has_plan=True, has_kept_answer=False)


def test_a_solver_that_was_asked_before_has_one_grace_from_the_end_of_the_service_on(clock: Clock) -> None:
    asked: list[str] = []
    closing = Event()
    patience = Patience(Settings(stop_grace_s=2, finish_grace_s=0), closing, asked.append)
    patience.stop_and_keep_best()
    clock.now += 15
    closing.set()
    patience.end_with_the_service()
    assert not patience.is_over(has_plan=True, has_kept_answer=False)
    clock.now += 3
    assert patience.is_over(has_plan=True, has_kept_answer=False)
    assert asked == ["stopped on request"]
