"""Alembic's entry: runs the migrations on the connection, or the engine, that the caller put into the configuration."""

from contextlib import nullcontext

from alembic import context
from sqlalchemy import Connection, Engine

from tutti.jobs.tables import Base

given: Connection | Engine = context.config.attributes["connection"]
with given.connect() if isinstance(given, Engine) else nullcontext(given) as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite changes a table only by copying it
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()
