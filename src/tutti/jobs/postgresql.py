"""Connections to PostgreSQL that fail soon, and not for each caller anew, when it is away."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.errors import ReadOnlySqlTransaction, UndefinedColumn, UndefinedTable
from sqlalchemy import Connection, Dialect, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from tutti.jobs.circuit import Circuit
from tutti.jobs.holders import process_name
from tutti.jobs.lines import LINE, Lines
from tutti.jobs.pool import Pool
from tutti.settings import Settings

_CONNECT_S = 5
_NAME_BYTES = 63  # a longer name is cut by the server, which tells each connection so, into the log
_TRUST_S = 1.0  # a connection that was used so lately is used again without a ping
_SILENCE = {  # a server that vanished without a word is noticed within some 15 s
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def postgresql_engine(settings: Settings, circuit: Circuit, lines: Lines) -> Engine:
    """An engine. circuit: new connections pass it. lines: hang up on a server that ends no statement itself."""
    engine = create_engine(
        settings.store_url,
        hide_parameters=True,  # which are days of our users, in the text of an error
        poolclass=Pool,
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_overflow,
        pool_timeout=settings.database_statement_timeout_s,
        connect_args=_connection(settings),
    )

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, entry: ConnectionPoolEntry, arguments: Any, options: Any) -> Any:
        if lines.given_up:
            raise psycopg2.OperationalError("the job store says nothing, and this process ends")
        with circuit.passing():
            return dialect.connect(*arguments, **options)

    _ping_what_rested(engine)
    # The server's own limits come first. A statement, the silence after it and a commit have one limit together.
    lines.listen_to(engine, settings.database_statement_timeout_s + settings.database_idle_s)
    event.listen(engine, "handle_error", _as_away, retval=True)
    return engine


def _ping_what_rested(engine: Engine) -> None:
    """A connection that was not used for a while is asked first whether it is still there."""

    @event.listens_for(engine, "checkin")
    def note(connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, entry: ConnectionPoolEntry, proxy: object) -> None:
        used_at = entry.info.get("used_at")
        if used_at is None or time.monotonic() - used_at < _TRUST_S:
            return
        entry.info[LINE].asked(_CONNECT_S)
        try:
            engine.dialect.do_ping(connection)
        except psycopg2.Error:
            raise InvalidatePoolError from None  # the pool opens a new one, and takes none of the old ones


def _connection(settings: Settings) -> dict[str, Any]:
    """What the driver is told of each connection: the server's limits, and the name that it shows it under."""
    limits = {
        "statement_timeout": settings.database_statement_timeout_s,
        "idle_in_transaction_session_timeout": settings.database_idle_s,
    }
    options = " ".join(f"-c {limit}={int(seconds * 1000)}" for limit, seconds in limits.items())
    name = process_name()[:_NAME_BYTES]
    return {"connect_timeout": _CONNECT_S, "application_name": name, "options": options, **_SILENCE}


def _as_away(context: ExceptionContext) -> OperationalError | None:
    """A server that only reads is as good as away: it was the first one until another was made that, or is full.

    So is one without its tables, or with those of an older program, while a backup is restored: as SQLite says of it.
    """
    error = context.original_exception
    if isinstance(error, ReadOnlySqlTransaction):
        context.is_disconnect = True  # a new connection may lead to the server that is the first one now
    elif not isinstance(error, (UndefinedTable, UndefinedColumn)):
        return None
    return OperationalError(
        context.statement, None, error, hide_parameters=True, connection_invalidated=context.is_disconnect
    )


@contextmanager
def committing_itself(engine: Engine) -> Iterator[Connection]:
    """A connection of the engine on which each statement is a transaction by itself.

    Only psycopg2 is told. With SQLAlchemy's level AUTOCOMMIT it would ask for READ COMMITTED whenever a connection is
    given back, for which it first tells the server to forget its default: one more round trip each time.
    """
    with engine.begin() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.autocommit = True
        try:
            yield connection
        finally:
            if not driver.closed:
                driver.autocommit = False


def circuit_of_connections(settings: Settings) -> Circuit:
    """The circuit that new connections pass; its error is the driver's, which all take for a store that is away."""
    return Circuit(
        "job store",
        (psycopg2.OperationalError,),
        psycopg2.OperationalError,
        most_failures=settings.circuit_failures,
        pause_s=settings.circuit_pause_s,
    )
