"""Transactions: many writers of SQLite, what follows a change, and connections that the server has ended."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.servers import free_port
from tests.stores import store_at
from tutti.jobs import database as module
from tutti.jobs import postgresql
from tutti.jobs.database import Database, once_committed
from tutti.jobs.schema import upgrade
from tutti.jobs.store_state import has_room
from tutti.jobs.submission import Submission, queued_count, submit

SUBMISSION = Submission("[]", 1, "someone", "embedded")


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store that waits for no writer of another process."""
    monkeypatch.setattr(module, "SQLITE_BUSY_S", 0.0)
    database = store_at(f"sqlite:///{tmp_path / 'tutti.db'}")
    upgrade(database.engine)
    return database


def store_one(database: Database) -> None:
    with database.writing() as session:
        submit(session, SUBMISSION)


def test_writers_of_one_process_wait_for_each_other_as_long_as_it_takes(impatient: Database) -> None:
    with ThreadPoolExecutor() as pool:
        with impatient.writing() as session:
            submit(session, SUBMISSION)
            waiting = [pool.submit(store_one, impatient) for _ in range(8)]
            time.sleep(0.2)
            assert not any(one.done() for one in waiting)
        for one in waiting:
            one.result()
    with impatient.reading() as session:
        assert queued_count(session) == 9
    impatient.close()


def test_who_reads_does_not_wait_for_a_writer(impatient: Database) -> None:
    with impatient.writing() as session:
        submit(session, SUBMISSION)
        with impatient.reading() as other:
            assert queued_count(other) == 0
    impatient.close()


def test_what_follows_a_change_finds_it_made_and_follows_none_that_failed(database: Database) -> None:
    seen = []

    def look() -> None:
        with database.reading() as session:
            seen.append(queued_count(session))

    def change(divisor: int) -> None:
        with database.writing() as session:
            submit(session, SUBMISSION)
            once_committed(session, look)
            _ = 1 / divisor

    change(1)
    with pytest.raises(ZeroDivisionError):
        change(0)
    assert seen == [1]


def test_a_store_that_is_away_is_not_said_to_be_full() -> None:
    database = store_at(f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none")
    assert has_room(database)
    database.close()


@pytest.mark.server
def test_a_connection_that_its_server_ended_is_not_used_again_after_a_rest(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_TRUST_S", 0.0)
    database, other = store_at(postgres_url), store_at(postgres_url)

    def asked(store: Database, question: str) -> int:
        with store.reading() as session:
            return int(session.execute(text(question)).scalar_one())

    number = asked(database, "SELECT pg_backend_pid()")
    assert asked(other, f"SELECT pg_terminate_backend({number}, 5000)::int") == 1
    assert asked(database, "SELECT pg_backend_pid()") != number
    database.close()
    other.close()
