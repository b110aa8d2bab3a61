"""What `tutti db` does."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import DatabaseError

from tutti.cli.exits import Exit
from tutti.cli.running import end_by_sigterm
from tutti.execution.trouble import Trouble
from tutti.fleet.errors import Finding, InputError
from tutti.jobs import schema
from tutti.jobs.database import Database
from tutti.jobs.demand import allow_reading
from tutti.jobs.errors import RoleTakenError
from tutti.settings import read_settings
from tutti.telemetry.logs import set_up_logs

logger = logging.getLogger(__name__)


def upgrade_store(wait_s: float) -> None:
    """Bring the tables to the newest version, once the store answers. SIGTERM ends it."""
    end_by_sigterm()
    with _store() as database:
        schema.once_it_answers(lambda: schema.upgrade(database.engine), wait_s, _teller())
        there = schema.current(database.engine)
    typer.echo(f"the job store has version {there}", err=True)


def print_versions() -> Exit:
    """The version that is there and the one that should be; FAILED if they differ."""
    with _store() as database:
        there = schema.current(database.engine)
    typer.echo(f"{there or 'no tables'} (this program works with {schema.newest()})")
    return Exit.DONE if there == schema.newest() else Exit.FAILED


def wait_for_store(timeout_s: float) -> Exit:
    """Wait for the store; FAILED if it is not there, or not up to date, in time. SIGTERM ends it."""
    end_by_sigterm()
    with _store() as database:
        if schema.wait(database.engine, timeout_s, _teller()):
            return Exit.DONE
    typer.echo(f"tutti: the job store was not up to date within {timeout_s:g} s", err=True)
    return Exit.FAILED


def allow_demand() -> None:
    """Let the role of the settings read the demand, and nothing else."""
    settings = read_settings()
    if not (password := settings.demand_password.get_secret_value()):
        raise InputError([Finding("TUTTI_DEMAND_PASSWORD", "is not set; the role is to log in with it")])
    with _store() as database:
        if database.engine.dialect.name != "postgresql":
            raise InputError([Finding("TUTTI_DATABASE_URL", "names no PostgreSQL, and only that has roles")])
        try:
            allow_reading(database.engine, settings.demand_user, password)
        except RoleTakenError as error:
            raise InputError([Finding("TUTTI_DEMAND_USER", str(error))]) from None
    typer.echo(f"the role {settings.demand_user} may read queue_demand", err=True)


def _teller() -> schema.Tell:
    """Logs what is waited for, each thing once."""
    settings = read_settings()
    set_up_logs(settings.log_format, settings.log_level)
    return Trouble(logger, "job store").is_met


@contextmanager
def _store() -> Iterator[Database]:
    """The store of the settings; InputError if it does not do what it is asked.

    It is never left alone for a moment: a command asks it now and then, and is to say what it answered.
    """
    database = Database(read_settings(circuit_failures=sys.maxsize))
    try:
        yield database
    except DatabaseError as error:
        raise InputError([Finding("TUTTI_DATABASE_URL", f"can't be used: {error.orig}")]) from None
    finally:
        database.close()
