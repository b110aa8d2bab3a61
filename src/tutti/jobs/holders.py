"""Who holds jobs: what a process is called on those that it runs, and how PostgreSQL tells that it is gone.

Each process gives its connections its name. They end with it, within milliseconds, while the lease of a job that it ran
is good for seconds more.
"""

import os
import socket

from sqlalchemy import ColumnElement, exists, func
from sqlalchemy.sql import column, table

from tutti.jobs.tables import JOBS

_CONNECTIONS = table("pg_stat_activity", column("application_name"))


def process_name(pid: int | None = None) -> str:
    """What a process of this machine, by default the calling one, is called; a slot of it adds a slash and its own."""
    return f"{socket.gethostname()}/{os.getpid() if pid is None else pid}"


def is_connected() -> ColumnElement[bool]:
    """Whether PostgreSQL has a connection of a job's holder. It cuts names to 63 bytes; that is no sign of death."""
    name = _CONNECTIONS.c.application_name
    return exists().where(name != "", func.starts_with(JOBS.c.holder, name)).select_from(_CONNECTIONS)
