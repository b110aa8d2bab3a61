"""Each promise that a round checks can be seen broken."""

import pytest

from tests.chaos.history import Happening, History
from tests.chaos.invariants import doubled, inconsistent, lost


def history(*kinds: str, state: str = "completed", fence: int = 1, results: int = 1, first: int = 1) -> History:
    happenings = [Happening(number, kind, 0.0, {}) for number, kind in enumerate(kinds, first)]
    return History("a", state, fence, results, tuple(happenings))


WHOLE = history("queued", "started", "progress", "completed")
RECOVERED = history("queued", "started", "queued", "started", "completed", fence=2)


@pytest.mark.parametrize("whole", [WHOLE, RECOVERED])
def test_a_job_that_ended_once_is_blameless(whole: History) -> None:
    assert not lost({"key": "a"}, [whole])
    assert not doubled({"key": "a"}, [whole], [])
    assert not inconsistent([whole])


def test_a_job_that_is_gone_is_lost() -> None:
    assert lost({"key": "a"}, [])


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_job_that_does_not_end_is_lost(state: str) -> None:
    assert lost({"key": "a"}, [history("queued", state=state)])


def test_a_job_that_ended_twice_is_doubled() -> None:
    assert doubled({"key": "a"}, [history("queued", "started", "completed", "completed")], [])


def test_a_submission_that_made_two_jobs_is_doubled() -> None:
    assert doubled({"key": "b"}, [WHOLE], [])


def test_a_plan_that_changes_after_it_was_shown_is_doubled() -> None:
    assert doubled({"key": "a"}, [WHOLE], ["a"])


@pytest.mark.parametrize(
    "broken",
    [
        history("queued", "started", "completed", first=2),
        history("queued", "started", "completed", "progress"),
        history("queued", "started", "completed", state="failed"),
        history("queued", "started", "completed", results=0),
        history("queued", "started", "failed", state="failed", results=1),
        history("queued", "started", "started", "completed", fence=2),
        history("queued", "started", "completed", fence=2),
    ],
)
def test_a_contradiction_is_seen(broken: History) -> None:
    assert inconsistent([broken])
