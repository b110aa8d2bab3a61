"""The executor of one machine while its job store does not do what it is asked."""

import logging
from contextlib import closing
from threading import Semaphore
from typing import Any

import pytest
from sqlalchemy import text

from tests.days import day
from tests.execution.conftest import Bench
from tests.stores import store_at
from tests.waiting import PATIENCE_S, soon
from tutti.execution import embedded, runner
from tutti.jobs.database import Database
from tutti.jobs.leases import claim
from tutti.jobs.schema import upgrade
from tutti.settings import Settings


def rename(database: Database, name: str, new_name: str) -> None:
    with database.writing() as session:
        session.execute(text(f"ALTER TABLE {name} RENAME TO {new_name}"))


def test_a_slot_whose_store_has_no_tables_says_so_once_and_goes_on_when_they_are_back(
    store_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = Semaphore(0)

    def counted(*arguments: Any, **options: Any) -> Any:
        tries.release()
        return claim(*arguments, **options)

    monkeypatch.setattr("tutti.execution.embedded.claim", counted)
    monkeypatch.setattr(embedded, "_LOOK_INTERVAL_S", 0.01)
    database = store_at(store_url)
    upgrade(database.engine)
    bench = Bench(database, settings)
    rename(database, "jobs", "away")
    bench.start()
    for _ in range(5):
        assert tries.acquire(timeout=PATIENCE_S)
    rename(database, "away", "jobs")
    job_id = bench.submit(day(3))
    assert bench.until(job_id, lambda job: job.ended_at is not None).state == "completed"
    bench.close()
    told = [line.getMessage() for line in caplog.records if line.name == embedded.__name__]
    assert len(told) == 2
    assert told[0].startswith("slot 1: the job store does not do what it is asked: ")
    assert told[1] == "slot 1: works again"
    assert {line.levelno for line in caplog.records if line.name == embedded.__name__} == {logging.WARNING}


def test_a_running_job_goes_on_while_its_store_has_no_tables(
    store_url: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> list[str]:
        return [line.getMessage() for line in caplog.records if line.name in (embedded.__name__, runner.__name__)]

    def until_told(part: str) -> None:
        soon(told, lambda lines: any(part in line for line in lines))

    database = store_at(store_url)
    upgrade(database.engine)
    with closing(Bench(database, settings)) as bench:
        bench.start()
        job_id = bench.submit(day(2500))
        bench.until(job_id, lambda job: job.progress is not None)
        rename(database, "jobs", "away")
        until_told("jobs")
        rename(database, "away", "jobs")
        until_told("works again")
        assert (bench.job(job_id).state, bench.job(job_id).attempts) == ("running", 1)
    assert [line.partition(": ")[0] for line in told()] == ["heartbeat", "heartbeat"]
