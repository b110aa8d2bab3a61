"""Whose turn it is to look after the job store: one process at a time does, however many there are."""

from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

_CLASS = 0x74757474  # "tutt": the first half of the keys of our advisory locks


class Chore(IntEnum):
    """What is done by turns; the number is the second half of its lock's key."""

    RECOVERY = 1
    RELAY = 2
    RETENTION = 3


def take_turn(session: Session, chore: Chore) -> bool:
    """Whether the transaction may do the chore: no other one is at it. It may until it ends, however it ends.

    PostgreSQL's advisory lock goes with the transaction, and the server ends one whose process falls silent
    (`TUTTI_DATABASE_IDLE_S`). SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_CLASS, int(chore)))))
