from collections.abc import Callable

import pytest

from tutti.jobs.database import Database
from tutti.jobs.errors import KeyReusedError
from tutti.jobs.events import events_after
from tutti.jobs.reading import find, page, payload
from tutti.jobs.submission import active_count, queued_count

Submitted = Callable[..., str]


def test_a_submitted_job_is_queued_with_its_payload_and_first_event(database: Database, submitted: Submitted) -> None:
    job_id = submitted('[{"id": "R1"}]')
    with database.reading() as session:
        job = find(session, job_id)
        assert job is not None
        assert job.state == "queued"
        assert job.created_at.tzinfo is not None
        assert payload(session, job_id) == '[{"id": "R1"}]'
        assert [(event.number, event.kind) for event in events_after(session, job_id, 0)] == [(1, "queued")]


def test_the_same_key_and_content_give_the_same_job(database: Database, submitted: Submitted) -> None:
    first = submitted("[1]", key="once")
    assert submitted("[1]", key="once") == first
    with database.reading() as session:
        assert len(page(session)) == 1


def test_the_same_key_with_other_content_is_refused(submitted: Submitted) -> None:
    submitted("[1]", key="once")
    with pytest.raises(KeyReusedError, match="once"):
        submitted("[2]", key="once")


def test_jobs_are_counted_by_state_and_client(database: Database, submitted: Submitted) -> None:
    submitted(client="a")
    submitted(client="a")
    submitted(client="b")
    with database.reading() as session:
        assert queued_count(session) == 3
        assert active_count(session, "a") == 2


def test_a_page_goes_on_where_the_one_before_it_ended(database: Database, submitted: Submitted) -> None:
    ids = [submitted() for _ in range(5)]
    with database.reading() as session:
        first = page(session, limit=3)
        second = page(session, before=first[-1].number, limit=3)
    assert [job.id for job in (*first, *second)] == ids[::-1]
