"""Taking back the jobs of a holder that is gone."""

from contextlib import closing
from queue import SimpleQueue

import pytest
from sqlalchemy import make_url, text, update
from sqlalchemy.exc import OperationalError

from tests.days import day
from tests.execution.conftest import Bench
from tests.stores import store_at
from tests.waiting import PATIENCE_S
from tutti.execution import housekeeping
from tutti.execution.broker import Broker
from tutti.execution.housekeeping import Housekeeping
from tutti.execution.outages import Outages
from tutti.jobs.clock import now
from tutti.jobs.leases import claim
from tutti.jobs.schema import upgrade
from tutti.jobs.submission import Submission, submit
from tutti.jobs.tables import Job
from tutti.settings import Settings


def test_the_jobs_of_a_holder_that_died_are_taken_back_and_told_of_at_once(bench: Bench) -> None:
    ids = [bench.submit(day(1)) for _ in range(2)]
    with bench.database.writing() as session:
        for holder in ("the dead", "the living"):
            claim(session, holder=holder, lease_s=60)
    told: list[str] = []
    Housekeeping(bench.database, bench.settings, None, told.append).take_back_from("the dead")
    assert told == ids[:1]
    assert [bench.job(job_id).state for job_id in ids] == ["queued", "running"]


def test_a_store_that_is_away_when_a_holder_died_is_told_in_one_line(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with bench.database.writing() as session:
        session.execute(text("ALTER TABLE jobs RENAME TO away"))
    Housekeeping(bench.database, bench.settings, None, lambda _: None).take_back_from("the dead")
    (line,) = (record.getMessage() for record in caplog.records if record.name == housekeeping.__name__)
    assert line == "can't take the jobs of the dead back yet: no such table: jobs"


@pytest.mark.server
def test_a_job_is_taken_back_long_before_its_lease_runs_out_if_its_holder_is_late_and_not_connected(
    postgres_url: str,
) -> None:
    settings = Settings(lease_s=60, heartbeat_s=0.1)
    told: SimpleQueue[str] = SimpleQueue()
    with closing(store_at(postgres_url)) as database:
        upgrade(database.engine)
        with database.writing() as session:
            job, _ = submit(session, Submission("[]", 1, "someone", "small"))
            assert claim(session, holder="the dead", lease_s=settings.lease_s) is not None
        chores = Housekeeping(database, settings, None, told.put)
        chores.start()
        assert told.get(timeout=30) == job.id
        chores.close()


@pytest.mark.server
def test_a_holder_whose_next_sign_of_life_is_not_due_keeps_its_job_though_it_has_no_connection(
    postgres_url: str,
) -> None:
    told: list[str] = []
    with closing(store_at(postgres_url)) as database:
        upgrade(database.engine)
        with database.writing() as session:
            submit(session, Submission("[]", 1, "someone", "small"))
            assert claim(session, holder="between two connections", lease_s=60) is not None
        Housekeeping(database, Settings(lease_s=60, heartbeat_s=20), None, told.append)._recover()
        assert told == []
        Housekeeping(
            database, Settings(lease_s=70, heartbeat_s=1), None, told.append
        )._recover()  # it is due long since
        assert len(told) == 1


@pytest.mark.server
def test_a_lease_that_ran_out_while_the_store_only_read_is_no_sign_of_death(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its holder could not prolong it, and has the time of a lease for that from the first thing that is written."""
    monkeypatch.setattr(Outages, "answered", lambda _: True)  # as it has all the time
    name = make_url(postgres_url).database
    told: list[str] = []
    with closing(store_at(postgres_url)) as before:
        upgrade(before.engine)
        with before.writing() as session:
            job, _ = submit(session, Submission("[]", 1, "someone", "small"))
            assert claim(session, holder="the living", lease_s=0) is not None
        with before.at_once() as connection:  # which stays one that may write; those that are opened later are not
            connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
            with closing(store_at(postgres_url)) as database:
                chores = Housekeeping(database, Settings(lease_s=3600), None, told.append)
                with pytest.raises(OperationalError, match="read-only"):
                    chores._recover()
                connection.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
                for _ in range(2):
                    chores._recover()
                assert told == []
                connection.execute(update(Job).values(lease_until=now(-1)))
                chores._recover()
                assert told == [job.id]


@pytest.mark.server
def test_a_job_that_is_queued_wakes_no_search_for_old_ones(
    bench: Bench, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: SimpleQueue[str] = SimpleQueue()
    searches: SimpleQueue[int] = SimpleQueue()

    def find_none(_: object, *, days: int, limit: int) -> int:
        searches.put(days)
        return 0

    monkeypatch.setattr(housekeeping, "relay", lambda *_: told.put("the broker"))
    monkeypatch.setattr(housekeeping, "remove_old", find_none)
    with closing(Broker(Settings(broker_url=redis_url))) as broker:
        chores = Housekeeping(bench.database, bench.settings, broker, lambda _: None)
        chores.start()
        for _ in range(5):
            told.get(timeout=PATIENCE_S)
            chores.wake()
        chores.close()
    assert searches.qsize() == 1
