"""How much there is to do: the jobs that wait or run in each queue, for whatever scales the workers."""

from typing import Any

import psycopg2
from psycopg2 import sql
from sqlalchemy import Connection, Engine, text

from tutti.jobs.errors import RoleTakenError

VIEW = "queue_demand"
"""The view (queue, jobs) that a migration makes on PostgreSQL."""


_READ_ELSEWHERE = text(
    "SELECT datname FROM pg_shdepend JOIN pg_roles ON refobjid = pg_roles.oid"
    " JOIN pg_database ON dbid = pg_database.oid WHERE refclassid = 'pg_authid'::regclass AND rolname = :user"
    " AND datname <> current_database() ORDER BY datname"
)


def allow_reading(engine: Engine, user: str, password: str) -> None:
    """Let a role of PostgreSQL, made if need be, log in with the password and read the view, and nothing else.

    RoleTakenError if it has another password, and rights in another database: roles are a server's, so a service that
    has its job store there would be shut out.
    """
    role = sql.Identifier(user)
    with engine.begin() as connection:
        elsewhere = connection.scalar(_READ_ELSEWHERE, {"user": user})
        if elsewhere is None:
            known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :user"), {"user": user})
            make = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}")
            _run(connection, make.format(role, sql.Literal(password)))
        elif not _logs_in(connection, user, password):
            raise RoleTakenError(user, elsewhere)
        _run(connection, sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(VIEW), role))


def _logs_in(connection: Connection, user: str, password: str) -> bool:
    """Whether the role may log in with this password, where the connection leads."""
    driver: Any = connection.connection.driver_connection
    there = driver.info.dsn_parameters  # all but the password
    try:
        psycopg2.connect(**{**there, "user": user, "password": password}).close()
    except psycopg2.OperationalError:
        return False
    return True


def _run(connection: Connection, statement: sql.Composed) -> None:
    """Run a statement whose parts PostgreSQL takes no parameters for; psycopg2 quotes them."""
    connection.connection.cursor().execute(statement)
