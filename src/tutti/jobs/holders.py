"""Who holds jobs: what a process is called on those that it runs, and how PostgreSQL tells that it is gone.

Each process gives its connections its name. They end with it, within milliseconds, while the lease of a job that it ran
is good for seconds more.
"""

import os
import socket

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.sql import column, table

from tutti.jobs.tables import JOBS

_CONNECTIONS = table("pg_stat_activity", column("application_name"))
_MOST_BYTES = 63  # of a connection's name; PostgreSQL cuts off what is more


def process_name(pid: int | None = None) -> str:
    """What a process of this machine, by default the calling one, is called; a slot of it adds a slash and its own."""
    return f"{socket.gethostname()}/{os.getpid() if pid is None else pid}"


def is_connected() -> ColumnElement[bool]:
    """Whether PostgreSQL has a connection of a job's holder, or of its process. A name that it cut counts."""
    name, holder = _CONNECTIONS.c.application_name, JOBS.c.holder
    is_cut = and_(func.octet_length(name) == _MOST_BYTES, func.starts_with(holder, name))
    is_its = or_(holder == name, func.starts_with(holder, name + "/"), is_cut)
    return exists().where(is_its).select_from(_CONNECTIONS)
