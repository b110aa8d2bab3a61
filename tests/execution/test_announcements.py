"""What is told of a job while it runs."""

import threading
from collections.abc import Mapping
from typing import Any

from celery.utils.saferepr import saferepr

from tutti.execution.announcements import Announcements
from tutti.execution.tasks import optimize_task


def teller() -> str:
    """The thread that tells of jobs, if there is one."""
    return "".join(thread.name for thread in threading.enumerate() if thread.name == "announcements")


def test_a_job_without_news_starts_no_thread() -> None:
    with Announcements(lambda *_: None, patience_s=5):
        assert not teller()


def test_news_are_told_by_a_thread_of_their_own_before_the_context_ends() -> None:
    told: list[tuple[str, Mapping[str, Any] | None, str]] = []
    with Announcements(
        lambda job_id, progress: told.append((job_id, progress, threading.current_thread().name)), patience_s=5
    ) as announce:
        announce("a job", {"percent": 50})
    assert told == [("a job", {"percent": 50}, "announcements")]
    assert not teller()


def test_a_thread_that_is_late_tells_the_newest_and_ends_with_the_context() -> None:
    told: list[Mapping[str, Any] | None] = []
    gate = threading.Event()

    def tell(job_id: str, progress: Mapping[str, Any] | None) -> None:
        gate.wait()
        told.append(progress)

    with Announcements(tell, patience_s=30) as announce:
        for percent in range(4):
            announce("a job", {"percent": percent})
        threading.Timer(0.2, gate.set).start()
    assert told[-1] == {"percent": 3}
    assert len(told) <= 2
    assert not teller()


def test_celery_quotes_little_of_a_result() -> None:
    result = {"schedule": [{"bus_id": f"B{number}", "school_name": "secret"} for number in range(50)]}
    assert len(saferepr(result, optimize_task.resultrepr_maxsize)) < 100
