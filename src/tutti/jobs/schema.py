"""Bringing a database's tables to the version that this code works with."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from tutti.jobs.errors import first_line

T = TypeVar("T")
Tell = Callable[[str], None]

_WAIT_INTERVAL_S = 0.5
_LOCK = 0x7475747469  # "tutti": the advisory lock under which one process at a time migrates

_GIVE_WAY = text("SET LOCAL lock_timeout = '1s'")  # who waits for a table holds up all who come after


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, on a connection of ours if one is given."""
    config = Config()
    config.set_main_option("script_location", "tutti.jobs:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest version; safe to call from many processes at once.

    Where somebody else is at a table for longer than a second it is an OperationalError, to be tried again: meanwhile
    requests and heartbeats get to the table. Tables that a later program has made are left as they are: versions only
    add (what a version no longer needs goes a release later), so that a program can be rolled back without its tables.
    """
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            connection.execute(_GIVE_WAY)
        if not is_later(MigrationContext.configure(connection).get_current_revision()):
            command.upgrade(alembic_config(connection), "head")


def current(engine: Engine) -> str | None:
    """The version that the tables have; None if there are none yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def wait(engine: Engine, timeout_s: float, tell: Tell) -> bool:
    """Whether the database answers, with tables of the newest version or a later one, within the time.

    tell: is told what is missing, each time that it is looked for.
    """
    give_up_at = time.monotonic() + timeout_s
    while lack := _lack(engine):
        tell(lack)
        if time.monotonic() >= give_up_at:
            return False
        time.sleep(_WAIT_INTERVAL_S)
    return True


def once_it_answers(ask: Callable[[], T], timeout_s: float, tell: Tell) -> T:
    """What comes of asking the database, once it answers. OperationalError if it does not within the time."""
    give_up_at = time.monotonic() + timeout_s
    while True:
        try:
            return _beside(ask)
        except OperationalError as error:
            if time.monotonic() >= give_up_at:
                raise
            tell(first_line(error))
        time.sleep(_WAIT_INTERVAL_S)


def _lack(engine: Engine) -> str:
    """What keeps this program from working with the database; empty if nothing does."""
    try:
        there = _beside(lambda: current(engine))
    except OperationalError as error:
        return first_line(error)
    if there == newest() or is_later(there):
        return ""
    return f"its tables have version {there or 'none'}, and this program works with {newest()}"


def _beside(ask: Callable[[], T]) -> T:
    """What comes of asking, by a thread of its own: while this one waited in the driver it would hear no signal."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(ask())
        except BaseException as error:  # noqa: BLE001  # it is raised where it was asked
            outcome.set_exception(error)

    Thread(target=copy_context().run, args=(run,), daemon=True).start()
    return outcome.result()


def newest() -> str | None:
    """The version that this code works with."""
    return _versions().get_current_head()


def is_later(version: str | None) -> bool:
    """Whether a later program has made tables of this version: this one does not know it."""
    return version is not None and version not in {known.revision for known in _versions().walk_revisions()}


def _versions() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())
