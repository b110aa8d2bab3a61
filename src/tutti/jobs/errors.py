"""What can go wrong with the job store.

TuttiError
├── LeaseLostError         the job was taken over, cancelled or removed: its former holder may write nothing more
├── KeyReusedError         an idempotency key came again with another body
└── RoleTakenError         an autoscaler's role belongs to the job store of another database
"""

import sqlite3

from psycopg2.errors import DiskFull
from sqlalchemy.exc import DBAPIError

from tutti.fleet.errors import TuttiError


class LeaseLostError(TuttiError):
    """This holder's lease on the job is over: its fencing token is no longer the job's."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"the lease on job {job_id} is over: another holder has it, or the job was ended")


class KeyReusedError(TuttiError):
    """The idempotency key stands for another request already."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"the idempotency key {key!r} was used before with another body; send a new key for a new request"
        )


class RoleTakenError(TuttiError):
    """The role reads another database already, by another password."""

    def __init__(self, user: str, database: str) -> None:
        super().__init__(
            f"the role {user!r} has rights in the database {database!r} and can't log in with this password; a new one "
            "would shut out whoever logs in there: name a role of its own for each database of this server"
        )


def first_line(error: Exception) -> str:
    """What the driver of the job store, or of the broker, said: without the statement, and hints in further lines."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return str(told).strip().partition("\n")[0]


def is_full(error: DBAPIError) -> bool:
    """Whether the job store could not write because its disk is full."""
    told = error.orig
    return isinstance(told, DiskFull) or getattr(told, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
