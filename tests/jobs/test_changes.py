"""What a change of a job costs PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.jobs.conftest import Submitted
from tests.stores import store_at
from tutti.jobs.database import Database
from tutti.jobs.events import Event, Kind
from tutti.jobs.leases import Lease, beat, claim, claim_new, complete
from tutti.jobs.reading import find
from tutti.jobs.schema import upgrade
from tutti.jobs.states import State
from tutti.jobs.tables import Job

pytestmark = pytest.mark.server


@pytest.fixture
def store_url(postgres_url: str) -> str:
    return postgres_url


@contextmanager
def statements(engine: Engine, *, explained: bool = False) -> Iterator[list[str]]:
    """Those that are run meanwhile, or how PostgreSQL runs them."""
    run: list[str] = []

    def note(connection: object, cursor: Any, statement: str, parameters: object, *_: object) -> None:
        if explained:
            cursor.execute(f"EXPLAIN {statement}", parameters)
            statement = "\n".join(row[0] for row in cursor.fetchall())
        run.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield run
    event.remove(engine, "before_cursor_execute", note)


def test_a_job_is_claimed_without_a_look_at_the_others_that_wait(database: Database, submitted: Submitted) -> None:
    ids = [submitted() for _ in range(20)]
    with database.writing() as session, statements(database.engine, explained=True) as plans:
        claim(session, holder="a worker", lease_s=60, job_id=ids[-1])
    assert "using uq_jobs_id on jobs" in "".join(plans)
    assert "ix_jobs_state_number" not in "".join(plans)


def test_a_job_costs_postgresql_a_statement_for_each_of_its_steps(database: Database, submitted: Submitted) -> None:
    job_id = submitted()
    counts = []

    def step(do: Callable[..., object]) -> object:
        with database.at_once() as connection, statements(database.engine) as run:
            done = do(connection)
        counts.append(len(run))
        return done

    claimed = step(lambda connection: claim_new(connection, holder="a worker", lease_s=60, job_id=job_id))
    assert isinstance(claimed, tuple)
    lease: Lease = claimed[0]
    news = [Event(Kind.INCUMBENT, {"buses": 2}), Event(Kind.BOUND, {"bound_buses": 1})]
    step(lambda connection: beat(connection, lease, lease_s=60, progress={"percent": 50}, events=news))
    step(
        lambda connection: complete(
            connection, lease, "{}", stopped=False, progress={"percent": 100}, warning="it was stuck"
        )
    )
    assert counts == [1, 1, 1]


def test_a_change_at_once_is_there_before_its_connection_is_given_back(
    database: Database, submitted: Submitted
) -> None:
    job_id = submitted()
    with database.at_once() as connection:
        claim_new(connection, holder="a worker", lease_s=60, job_id=job_id)
        with database.reading() as other:
            job = find(other, job_id)
    assert job is not None
    assert job.state == State.RUNNING


def test_a_connection_is_given_back_without_a_word_to_the_server(postgres_url: str) -> None:
    with closing(store_at(postgres_url)) as database, closing(store_at(postgres_url)) as other:
        for _ in range(2):
            with database.at_once() as connection:
                pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with other.reading() as session:
            said_last = session.scalar(text("SELECT query FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid})
    assert said_last == "SELECT pg_backend_pid()"


def test_a_transaction_on_a_connection_that_changed_something_at_once_is_whole(postgres_url: str) -> None:
    with closing(store_at(postgres_url, database_pool_size=1, database_pool_overflow=0)) as database:
        upgrade(database.engine)
        with database.at_once() as connection:
            claim_new(connection, holder="a worker", lease_s=60, job_id="unknown")
        with suppress(ZeroDivisionError), database.writing() as session:
            session.add(Job(id="half", queue="small", route_count=1, client="someone", content_sha256=""))
            session.flush()
            _ = 1 / 0
        with database.reading() as session:
            assert find(session, "half") is None
