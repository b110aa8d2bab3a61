"""Servers that live as long as the test run, each started by the first test that asks for it, and job stores."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import empty_database, postgres_server, redis_server
from tests.services import tutti_serve
from tests.sharing import ServicesTogether
from tests.stores import store_at
from tutti.jobs.database import Database
from tutti.jobs.schema import upgrade

os.environ |= {"TUTTI_LOG_FORMAT": "text", "TUTTI_LOG_LEVEL": "warning"}
"""Of the services that tests start: what they log goes into pipes that nobody reads for long."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script; others inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("any machine")
"""A property that takes long on a busy machine is no less true."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ServicesTogether:
    """Of pytest --numprocesses."""
    return ServicesTogether(config, log)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Redis server."""
    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a `tutti serve` for at most 3000 routes, which hears soon what is asked of a running job."""
    with tutti_serve(tmp_path_factory.mktemp("data"), TUTTI_MAX_ROUTES="3000", TUTTI_HEARTBEAT_S="0.2") as address:
        yield address


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database of the test's own."""
    with empty_database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def store_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an empty job store, on each kind of database in turn."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'tutti.db'}"


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """A job store of the test's own, with all tables."""
    database = store_at(store_url)
    upgrade(database.engine)
    yield database
    database.close()
