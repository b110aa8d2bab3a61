"""What an autoscaler sees of the job store."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from tests.servers import empty_database
from tutti.jobs import schema
from tutti.jobs.database import Database
from tutti.jobs.demand import allow_reading
from tutti.jobs.errors import RoleTakenError
from tutti.jobs.leases import claim
from tutti.jobs.requests import cancel
from tutti.jobs.submission import Submission, submit

pytestmark = pytest.mark.server


@pytest.fixture
def store_url(postgres_url: str) -> str:
    """PostgreSQL alone has roles."""
    return postgres_url


@pytest.fixture
def read_as_scaler(postgres_url: str, database: Database) -> Iterator[Callable[[str], list[object]]]:
    """Runs a statement as the role that may read the demand."""
    allow_reading(database.engine, "scaler of tests", 'it\'s "quoted"')
    allow_reading(database.engine, "scaler of tests", "another")
    engine = create_engine(make_url(postgres_url).set(username="scaler of tests", password="another"))

    def read(statement: str) -> list[object]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    yield read
    engine.dispose()


def test_the_demand_is_what_waits_and_what_runs(
    database: Database, read_as_scaler: Callable[[str], list[object]]
) -> None:
    with database.writing() as session:
        ids = [submit(session, Submission("[]", 1, "someone", queue))[0].id for queue in ("small",) * 3 + ("large",)]
        assert claim(session, holder="a worker", lease_s=60, job_id=ids[0]) is not None
        cancel(session, ids[1])
    assert read_as_scaler("SELECT queue, jobs FROM queue_demand ORDER BY queue") == [("large", 1), ("small", 2)]


def test_who_reads_the_demand_reads_nothing_else(read_as_scaler: Callable[[str], list[object]]) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        read_as_scaler("SELECT * FROM jobs")


@pytest.fixture
def neighbour(postgres: str) -> Iterator[Engine]:
    """The job store of another service, in a database of the same server."""
    with empty_database(postgres) as url:
        engine = create_engine(url)
        schema.upgrade(engine)
        yield engine
        engine.dispose()


@pytest.mark.usefixtures("read_as_scaler")
def test_services_of_one_server_may_have_one_role_if_they_have_its_password(neighbour: Engine) -> None:
    allow_reading(neighbour, "scaler of tests", "another")
    with neighbour.connect() as connection:
        assert connection.scalar(text("SELECT has_table_privilege('scaler of tests', 'queue_demand', 'SELECT')"))


@pytest.mark.usefixtures("read_as_scaler")
def test_no_service_changes_the_password_of_a_role_that_another_one_uses(database: Database, neighbour: Engine) -> None:
    with database.engine.begin() as connection:  # so that it can't log in on a server that asks for no password either
        connection.execute(text('ALTER ROLE "scaler of tests" NOLOGIN'))
        name = connection.scalar(text("SELECT current_database()"))
    with pytest.raises(RoleTakenError, match=f"has rights in the database '{name}'"):
        allow_reading(neighbour, "scaler of tests", "a third")
    allow_reading(database.engine, "scaler of tests", "a third")  # its own may
