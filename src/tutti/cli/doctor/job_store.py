"""The job store: that it answers, its tables, its clock and its connections."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from tutti.cli.doctor.check import Check, care, fine, skew, wrong
from tutti.cli.doctor.server import advice_on
from tutti.jobs import schema
from tutti.jobs.database import Database
from tutti.jobs.errors import first_line
from tutti.jobs.store_state import NO_ROOM_BYTES, Connections, free_bytes, has_room, store_state
from tutti.settings import Settings

_PLACE = "job store"
_FULL = 0.8
_LITTLE_ROOM_BYTES = 256 * 2**20
_NONE_LEFT = re.compile(
    "too many (clients|connections)|remaining connection slots"
)  # the driver has no code for it yet


def examine_store(settings: Settings) -> Iterator[Check]:
    """Ask it; one that does not answer is told in one check."""
    advice = ""
    if not settings.database_url:
        file = settings.store_file.absolute()
        advice = f"mend or move away {file}, or name another folder in TUTTI_DATA_DIR"
        if not _may_write(file):
            yield wrong(_PLACE, f"{file} can't be written", "mend that, or name another folder in TUTTI_DATA_DIR")
            return
        if not file.exists():
            yield fine(_PLACE, f"there is none at {file} yet; tutti serve makes it")
            return
    try:
        with closing(Database(settings)) as database:
            yield from _examine(database, settings)
    except DatabaseError as error:
        told = first_line(error)
        if _NONE_LEFT.search(told):
            advice = _more_connections(settings)
        yield wrong(_PLACE, f"can't be used: {told}", advice or advice_on(told, "TUTTI_DATABASE"))


def _may_write(file: Path) -> bool:
    """Whether this user can write the file and others beside it, making the folders that are not there."""
    folder = next(place for place in file.parents if place.exists())
    return (
        folder.is_dir()
        and os.access(folder, os.W_OK | os.X_OK)
        and (not file.exists() or os.access(file, os.R_OK | os.W_OK))
    )


def _examine(database: Database, settings: Settings) -> Iterator[Check]:
    with database.reading() as session:
        state = store_state(session)
    yield fine(_PLACE, f"{state.product} answers")
    yield skew(_PLACE, state.clock)
    if (free := free_bytes(database)) is not None:
        yield room_on_disk(free)
    elif not has_room(database):
        advice = "free some there, or give it a larger volume"
        yield wrong(_PLACE, "it has no room left on its disk: jobs are refused, and ends of jobs wait", advice)
    if state.connections is not None:
        yield _room(state.connections, _more_connections(settings))
    yield _tables(schema.current(database.engine))


def _tables(there: str | None) -> Check:
    if there == schema.newest():
        return fine(_PLACE, f"its tables have version {there}, as this program needs")
    if schema.is_later(there):
        return fine(_PLACE, f"its tables have the later version {there}; this program ({schema.newest()}) runs on them")
    return wrong(_PLACE, f"its tables have version {there or 'none'}, not {schema.newest()}", "run: tutti db upgrade")


def room_on_disk(free: int) -> Check:
    """How much is left, in bytes, where the job store is a file."""
    told = f"{free / 2**20:,.0f} MiB are free on its disk"
    if free < NO_ROOM_BYTES:
        return wrong(_PLACE, f"{told}: jobs are refused", "make room there, or move its folder (TUTTI_DATA_DIR)")
    if free < _LITTLE_ROOM_BYTES:
        return care(_PLACE, told, "make room: when the disk is full jobs are refused")
    return fine(_PLACE, told)


def _more_connections(settings: Settings) -> str:
    most_of_one = settings.database_pool_size + settings.database_pool_overflow
    return f"raise max_connections, or lower TUTTI_DATABASE_POOL_OVERFLOW (a process may open {most_of_one})"


def _room(connections: Connections, advice: str) -> Check:
    told = f"{connections.open} of {connections.most} connections are open"
    if connections.open < _FULL * connections.most:
        return fine(_PLACE, told)
    return care(_PLACE, told, advice)
