"""How much there is to do: the jobs that wait or run in each queue, for whatever scales the workers."""

from psycopg2 import sql
from sqlalchemy import Connection, Engine, text

VIEW = "queue_demand"
"""The view (queue, jobs) that a migration makes on PostgreSQL."""


def allow_reading(engine: Engine, user: str, password: str) -> None:
    """Let a role of PostgreSQL, made if need be, log in with the password and read the view, and nothing else."""
    with engine.begin() as connection:
        known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :user"), {"user": user})
        role = sql.Identifier(user)
        make = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}")
        _run(connection, make.format(role, sql.Literal(password)))
        _run(connection, sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(VIEW), role))


def _run(connection: Connection, statement: sql.Composed) -> None:
    """Run a statement whose parts PostgreSQL takes no parameters for; psycopg2 quotes them."""
    connection.connection.cursor().execute(statement)
