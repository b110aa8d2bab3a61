"""SQLite with many writers, as a busy `tutti serve` has them."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tutti.jobs import database as module
from tutti.jobs.database import Database
from tutti.jobs.schema import upgrade
from tutti.jobs.submission import Submission, queued_count, submit

SUBMISSION = Submission("[]", 1, "someone", "embedded")


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store that waits for no writer of another process."""
    monkeypatch.setattr(module, "SQLITE_BUSY_S", 0.0)
    database = Database(f"sqlite:///{tmp_path / 'tutti.db'}")
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
