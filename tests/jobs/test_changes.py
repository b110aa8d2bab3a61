"""What a change of a job costs PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tutti.jobs.database import Database
from tutti.jobs.events import Event, Kind
from tutti.jobs.leases import Lease, beat, claim, complete

Submitted = Callable[..., str]

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
        with database.writing() as session, statements(database.engine) as run:
            done = do(session)
        counts.append(len(run))
        return done

    claimed = step(lambda session: claim(session, holder="a worker", lease_s=60, job_id=job_id))
    assert isinstance(claimed, tuple)
    lease: Lease = claimed[0]
    news = [Event(Kind.INCUMBENT, {"buses": 2}), Event(Kind.BOUND, {"bound_buses": 1})]
    step(lambda session: beat(session, lease, lease_s=60, progress={"percent": 50}, events=news))
    step(lambda session: complete(session, lease, "{}", stopped=False, progress={"percent": 100}))
    assert counts == [1, 1, 1]
