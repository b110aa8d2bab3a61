"""Connections to PostgreSQL that fail soon, and not for each caller anew, when it is away."""

from typing import Any

import psycopg2
from sqlalchemy import Dialect, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from tutti.jobs.circuit import Circuit

_CONNECT_S = 5
_SILENCE = {  # a server that vanished without a word is noticed within some 15 s
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def postgresql_engine(
    url: str, circuit: Circuit, *, pool_size: int, max_overflow: int, statement_timeout_s: float, idle_s: float
) -> Engine:
    """An engine. statement_timeout_s, idle_s: after these the server ends a statement, or a silent transaction."""
    limits = {"statement_timeout": statement_timeout_s, "idle_in_transaction_session_timeout": idle_s}
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        pool_timeout=statement_timeout_s,
        connect_args={
            "connect_timeout": _CONNECT_S,
            "options": " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items()),
            **_SILENCE,
        },
    )

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, entry: ConnectionPoolEntry, arguments: Any, options: Any) -> Any:
        with circuit.passing():
            return dialect.connect(*arguments, **options)

    return engine


def circuit_of_connections(*, most_failures: int, pause_s: float) -> Circuit:
    """The circuit that new connections pass; its error is the driver's, which all take for a store that is away."""
    return Circuit(
        "job store",
        (psycopg2.OperationalError,),
        psycopg2.OperationalError,
        most_failures=most_failures,
        pause_s=pause_s,
    )
