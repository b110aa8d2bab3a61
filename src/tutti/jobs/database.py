"""Connections to the job store: PostgreSQL, or a SQLite file for one machine."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from tutti.jobs.lines import Lines
from tutti.jobs.pool import Pool
from tutti.jobs.postgresql import circuit_of_connections, committing_itself, postgresql_engine
from tutti.settings import Settings

SQLITE_BUSY_S = 30.0
"""How long a SQLite writer waits for one in another process."""


Writer = Session | Connection
"""Where statements are run that change something."""

W = TypeVar("W", Session, Connection)

_AFTERWARDS = "tutti.afterwards"


def once_committed(writer: Writer, act: Callable[[], None]) -> None:
    """Do this when the writer's transaction is committed; never if it is not."""
    writer.info[_AFTERWARDS].append(act)


@contextmanager
def _acting_afterwards(transaction: AbstractContextManager[W]) -> Iterator[W]:
    acts: list[Callable[[], None]] = []
    with transaction as writer:
        writer.info[_AFTERWARDS] = acts  # a connection has it until it is used again
        yield writer
    for act in acts:
        act()


class Database:
    """Sessions on one database. One `with` block is one transaction: committed at its end, rolled back on an error.

    circuit: through it go new connections to PostgreSQL; for SQLite it stays closed. is_closing: whether the process is
    to end; from then on nothing may hang, and PostgreSQL has `shutdown_grace_s` for each answer.
    """

    def __init__(self, settings: Settings, is_closing: Callable[[], bool] = lambda: False) -> None:
        url = settings.store_url
        self.circuit = circuit_of_connections(settings)
        self._lines = Lines(is_closing, settings.shutdown_grace_s)
        if url.startswith("sqlite"):
            self.engine = _sqlite_engine(url)
            writer = _sqlite_engine(url, pool_size=1, max_overflow=0, pool_timeout=None)
        else:
            self.engine = writer = postgresql_engine(settings, self.circuit, self._lines)
        self._writer = writer
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = sessionmaker(writer.execution_options(writes=True), expire_on_commit=False)
        self._begin_alone = writer.execution_options(writes=True).begin
        if not url.startswith("sqlite"):
            self._begin_alone = partial(committing_itself, writer)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; on SQLite it neither waits for writers nor makes them wait."""
        with self._reading.begin() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write."""
        with _acting_afterwards(self._writing.begin()) as session:
            yield session

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """For a single statement, which PostgreSQL commits by itself: one round trip instead of three.

        On SQLite it is a transaction as `writing` has it, for there a change is several statements.
        """
        with _acting_afterwards(self._begin_alone()) as connection:
            yield connection

    def close(self) -> None:
        """Give back all connections."""
        self._lines.close()
        self._writer.dispose()
        self.engine.dispose()


def _sqlite_engine(url: str, **pool: int | None) -> Engine:
    """SQLite in WAL mode with foreign keys, and with transactions that begin when SQLAlchemy says so.

    Writers take the write lock at once (BEGIN IMMEDIATE): a transaction that reads first and writes later could
    otherwise fail with "database is locked" without any waiting. SQLite lets writers try again at random, so that one
    of many can wait for ever; those of a process share one connection instead, and queue for it. synchronous=FULL: an
    accepted job survives a power cut.
    """
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=Pool,
        connect_args={"timeout": SQLITE_BUSY_S, "check_same_thread": False},
        **pool,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late, see `begin`
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
