"""What the job store's server says of itself: its version, its clock, how many connections it has left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tutti.jobs.clock import now

_CONNECTIONS = text(
    "SELECT (SELECT sum(numbackends) FROM pg_stat_database)::int, current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
)


@dataclass(frozen=True, slots=True)
class Connections:
    """Open ones of all clients, and the most that there may be."""

    open: int
    most: int


@dataclass(frozen=True, slots=True)
class StoreState:
    """connections: None for SQLite, which has no server."""

    product: str
    clock: datetime
    connections: Connections | None


def store_state(session: Session) -> StoreState:
    """Ask it."""
    dialect = session.connection().dialect  # which knows the server's version once there is a connection
    names = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
    version = ".".join(map(str, dialect.server_version_info or ()))
    return StoreState(
        f"{names.get(dialect.name, dialect.name)} {version}", session.scalars(select(now())).one(), connections(session)
    )


def connections(session: Session) -> Connections | None:
    """How many connections the server has."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    open_, most = session.execute(_CONNECTIONS).one()
    return Connections(open_, most)
