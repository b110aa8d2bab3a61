"""What is asked all the time stays quick, however many jobs there have been."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import Engine, event, text

from tests.servers import empty_database
from tests.stores import store_at
from tutti.jobs.backlog import backlogs, checkpoint_ages, holders
from tutti.jobs.database import Database
from tutti.jobs.leases import claim
from tutti.jobs.outbox import look, take_unsent
from tutti.jobs.reading import page
from tutti.jobs.recovery import is_any_lost, recover
from tutti.jobs.retention import remove_old
from tutti.jobs.schema import upgrade
from tutti.jobs.states import State
from tutti.jobs.submission import active_count, queued_count

pytestmark = pytest.mark.server

_QUEUES = ("small", "large")
_ASKED: dict[str, Callable[..., object]] = {
    "the recovery": lambda session: recover(session, max_attempts=3),
    "the recovery's look": lambda session: is_any_lost(session.connection()),
    "the relay": lambda session: take_unsent(session, _QUEUES),
    "the relay's look": lambda session: look(session, _QUEUES, again_s=5),
    "the retention": lambda session: remove_old(session, days=90),
    "a claim": lambda session: claim(session, holder="a worker", lease_s=60, queues=_QUEUES),
    "a list": page,
    "a list of failed jobs": lambda session: page(session, states=[State.FAILED]),
    "the backlog": backlogs,
    "the age of checkpoints": checkpoint_ages,
    "who runs jobs": holders,
    "the queue's length": queued_count,
    "a client's share": lambda session: active_count(session, "client 7"),
}
_FILL = """
    INSERT INTO jobs (id, state, queue, route_count, client, content_sha256, created_at, ended_at, lease_until)
    SELECT n::text, CASE WHEN n <= 100000 THEN 'completed' WHEN n <= 100050 THEN 'queued' ELSE 'running' END, 'small',
           10, 'client ' || n % 100, '', now(), CASE WHEN n <= 100000 THEN now() END, now() + '1 hour'
    FROM generate_series(1, 100060) AS n
"""


@pytest.fixture(scope="module")
def database(postgres: str) -> Iterator[Database]:
    """A store in which 100,000 jobs have ended, fifty wait and ten run."""
    with empty_database(postgres) as url, closing(store_at(url)) as database:
        upgrade(database.engine)
        with database.writing() as session:
            session.execute(text(_FILL))
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        yield database


def plans_of(engine: Engine, ask: Callable[[], object]) -> str:
    """How PostgreSQL runs the statements that `ask` makes."""
    plans: list[str] = []

    def explain(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(
            ("SELECT jobs", "SELECT DISTINCT jobs", "SELECT count", "SELECT EXISTS", "UPDATE", "DELETE", "WITH")
        ):
            cursor.execute(f"EXPLAIN {statement}", parameters)  # type: ignore[attr-defined]
            plans.extend(row[0] for row in cursor.fetchall())  # type: ignore[attr-defined]

    event.listen(engine, "before_cursor_execute", explain)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    return "\n".join(plans)


@pytest.mark.parametrize("asked", _ASKED)
def test_no_question_reads_all_jobs(database: Database, asked: str) -> None:
    with database.writing() as session:
        plans = plans_of(database.engine, lambda: _ASKED[asked](session))
        session.rollback()
    assert "Scan" in plans
    assert "Seq Scan on jobs" not in plans, plans
