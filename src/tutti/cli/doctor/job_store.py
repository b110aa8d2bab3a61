"""The job store: that it answers, its tables, its clock and its connections."""

from collections.abc import Iterator
from contextlib import closing

from sqlalchemy.exc import DatabaseError

from tutti.cli.doctor.check import Check, care, fine, skew, wrong
from tutti.jobs import schema
from tutti.jobs.database import Database, open_database
from tutti.jobs.errors import first_line
from tutti.jobs.store_state import Connections, store_state
from tutti.settings import Settings

_PLACE = "job store"
_FULL = 0.8


def examine_store(settings: Settings) -> Iterator[Check]:
    """Ask it; one that does not answer is told in one check."""
    if not settings.database_url and not (file := settings.data_dir / "tutti.db").exists():
        yield fine(_PLACE, f"there is none at {file} yet; tutti serve makes it")
        return
    try:
        with closing(open_database(settings)) as database:
            yield from _examine(database, settings)
    except DatabaseError as error:
        advice = "see that it runs, and that TUTTI_DATABASE_URL and TUTTI_DATABASE_PASSWORD are right"
        yield wrong(_PLACE, f"can't be used: {first_line(error)}", advice)


def _examine(database: Database, settings: Settings) -> Iterator[Check]:
    with database.reading() as session:
        state = store_state(session)
    yield fine(_PLACE, f"{state.product} answers")
    yield skew(_PLACE, state.clock)
    if state.connections is not None:
        yield _room(state.connections, settings.database_pool_size + settings.database_pool_overflow)
    yield _tables(schema.current(database.engine))


def _tables(there: str | None) -> Check:
    if there == schema.newest():
        return fine(_PLACE, f"its tables have version {there}, as this program needs")
    if schema.is_later(there):
        return fine(_PLACE, f"its tables have the later version {there}; this program ({schema.newest()}) runs on them")
    return wrong(_PLACE, f"its tables have version {there or 'none'}, not {schema.newest()}", "run: tutti db upgrade")


def _room(connections: Connections, most_of_one: int) -> Check:
    told = f"{connections.open} of {connections.most} connections are open"
    if connections.open < _FULL * connections.most:
        return fine(_PLACE, told)
    advice = f"raise max_connections, or lower TUTTI_DATABASE_POOL_OVERFLOW (a process may open {most_of_one})"
    return care(_PLACE, told, advice)
