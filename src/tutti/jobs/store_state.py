"""What the job store says of itself: its version, its clock, how many connections, or how much room, it has left."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.errors import is_full

NO_ROOM_BYTES = 2**20
"""With less than this free on the disk of the job store, a day of some hundred routes does not fit."""

_LITTLE_MEMORY = text("SET LOCAL work_mem = '64kB'")
_SPILL = text(  # rows that do not fit into that memory, and so go into a file for some milliseconds, not into the WAL
    "WITH rows AS MATERIALIZED (SELECT number, repeat('x', 8192) FROM generate_series(1, :count) AS number)"
    " SELECT count(*) FROM rows"
).bindparams(count=NO_ROOM_BYTES // 8192)

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


def free_bytes(database: Database) -> int | None:
    """What is free on the disk of a job store that is a file; None for that of a server."""
    url = database.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return shutil.disk_usage(Path(url.database).parent).free


def has_room(database: Database) -> bool:
    """Whether a day fits on the disk of the job store, as far as it is known: a server is asked to write so much."""
    if (free := free_bytes(database)) is not None:
        return free >= NO_ROOM_BYTES
    try:
        with database.reading() as session:
            session.execute(_LITTLE_MEMORY)
            session.execute(_SPILL)
    except OperationalError as error:
        return not is_full(error)
    return True


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
