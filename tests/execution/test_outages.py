"""When a lease that ran out says that its holder is gone."""

import pytest

from tutti.execution.outages import Outages


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def answers_after(self, *pauses_s: float, outages: Outages) -> list[bool]:
        answers = []
        for pause_s in pauses_s:
            self.now += pause_s
            answers.append(outages.answered())
        return answers


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outages(clock: Clock) -> Outages:
    return Outages(lease_s=5, clock=clock)


def test_leases_are_trusted_while_the_store_answers(clock: Clock, outages: Outages) -> None:
    assert clock.answers_after(1, 1, 2, 1, outages=outages) == [True, True, True, True]


def test_holders_have_the_time_of_a_lease_after_the_store_was_away(clock: Clock, outages: Outages) -> None:
    assert clock.answers_after(10, 1, 2, 1.9, 0.1, outages=outages) == [False, False, False, False, True]


def test_a_second_outage_begins_the_time_anew(clock: Clock, outages: Outages) -> None:
    assert clock.answers_after(10, 2, 3, 2, 2, 2, outages=outages) == [False, False, False, False, False, True]
