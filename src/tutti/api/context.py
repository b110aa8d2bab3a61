"""What an application holds for its requests: settings, job store, executor, hub."""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from tutti.api.hub import Hub
from tutti.execution.embedded import EmbeddedExecutor
from tutti.jobs.database import Database
from tutti.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """One for each application; made by `make_context`, put to use by the application's lifespan."""

    settings: Settings
    database: Database
    executor: EmbeddedExecutor
    hub: Hub

    def begin_close(self) -> None:
        """The service is about to end: waiting requests answer what there is, running jobs are handed back."""
        self.hub.close()
        self.executor.begin_close()


def make_context(settings: Settings) -> Context:
    """Everything that an application of these settings holds; nothing is started yet."""
    database = Database(
        settings.store_url,
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_overflow,
        statement_timeout_s=settings.database_statement_timeout_s,
    )
    hub = Hub()
    return Context(settings, database, EmbeddedExecutor(database, settings, hub.announce), hub)


def context_of(connection: HTTPConnection) -> Context:
    """The context of the application that the connection talks to."""
    app: FastAPI = connection.app
    context: Context = app.state.context
    return context
