import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Row, text

from tests.jobs.conftest import Submitted
from tests.stores import store_at
from tests.waiting import soon
from tutti.jobs.database import Database
from tutti.jobs.errors import KeyReusedError
from tutti.jobs.events import events_after
from tutti.jobs.leases import claim, claim_new
from tutti.jobs.reading import find, page, payload
from tutti.jobs.recovery import recover
from tutti.jobs.schema import upgrade
from tutti.jobs.submission import Submission, active_count, queued_count, submit


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


@pytest.mark.server
def test_a_key_that_comes_twice_at_the_same_moment_gives_one_job(postgres_url: str) -> None:
    database = store_at(postgres_url)
    upgrade(database.engine)

    def submit_one() -> tuple[str, bool]:
        with database.writing() as session:
            job, new = submit(session, Submission("[1]", 1, "someone", "embedded", "once"))
            return job.id, new

    with ThreadPoolExecutor(1) as another:
        with database.writing() as session:
            first, _ = submit(session, Submission("[1]", 1, "someone", "embedded", "once"))
            second = another.submit(submit_one)
            until_one_waits_for_a_lock(database)
        assert second.result(60) == (first.id, False)
    database.close()


def until_one_waits_for_a_lock(database: Database) -> None:
    waiting = text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")

    def first() -> Row[Any] | None:
        with database.reading() as session:
            return session.execute(waiting).first()

    soon(first)


def test_what_happens_to_a_job_is_logged_with_the_trace_of_its_request(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="tutti.jobs.events")
    with database.writing() as session:
        submit(session, Submission("[]", 1, "someone", "embedded", traceparent="00-4bf92f35-00f067aa-01"))
        claim(session, holder="a worker", lease_s=0)
    with database.writing() as session:
        recover(session, max_attempts=3)
    traces = [(record.message, record.trace_id) for record in caplog.records if hasattr(record, "trace_id")]
    assert traces == [("job queued", "4bf92f35"), ("job started", "4bf92f35"), ("job queued", "4bf92f35")]


def test_a_job_that_could_not_be_stored_is_neither_logged_nor_counted(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a full disk, of which some stores tell only when they are to commit."""
    caplog.set_level(logging.INFO, logger="tutti.jobs.events")
    before = submissions()
    with suppress(ZeroDivisionError), database.writing() as session:
        submit(session, Submission("[]", 1, "someone", "embedded"))
        raise ZeroDivisionError
    assert (caplog.messages, submissions()) == ([], before)
    with database.writing() as session:
        job, _ = submit(session, Submission("[]", 1, "someone", "embedded"))
        assert caplog.messages == []
    assert (caplog.messages, submissions()) == (["job queued"], before + 1)
    with database.at_once() as connection:
        claim_new(connection, holder="a worker", lease_s=60, job_id=job.id)
    assert caplog.messages == ["job queued", "job started"]


def submissions() -> float:
    return REGISTRY.get_sample_value("tutti_job_events_total", {"queue": "embedded", "kind": "queued"}) or 0.0


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
