"""What an application holds for its requests: settings, job store, broker, executor, hub."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from tutti.api.hub import Hub
from tutti.api.users import Users
from tutti.execution import queues
from tutti.execution.broker import Broker
from tutti.execution.embedded import EmbeddedExecutor
from tutti.execution.housekeeping import Housekeeping
from tutti.jobs.database import Database
from tutti.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """One for each application. broker: None if the service runs all jobs itself; executor: None if it runs none.

    users: None if whoever reaches the service may use it.
    """

    settings: Settings
    database: Database
    hub: Hub
    broker: Broker | None
    executor: EmbeddedExecutor | None
    housekeeping: Housekeeping
    users: Users | None
    _closing: Event
    _threads: list[Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to run and to watch jobs; called in the event loop that serves requests."""
        self.hub.open()
        self.housekeeping.start()
        if self.executor is not None:
            self.executor.start()
        if self.broker is not None:
            listener = Thread(target=self.broker.listen, args=(self.hub.announce, self._closing), daemon=True)
            listener.start()
            self._threads.append(listener)

    def wake(self) -> None:
        """Say that a job was queued or taken back."""
        self.housekeeping.wake()
        if self.executor is not None:
            self.executor.wake()

    def begin_close(self) -> None:
        """The service is about to end: waiting requests answer what there is, running jobs are handed back."""
        self._closing.set()
        self.hub.close()
        self.housekeeping.begin_close()
        if self.executor is not None:
            self.executor.begin_close()

    def close(self) -> None:
        """Wait until everything has ended."""
        self.begin_close()
        if self.executor is not None:
            self.executor.close()
        self.housekeeping.close()
        for thread in self._threads:  # before its connection is taken from it
            thread.join(self.settings.shutdown_grace_s)
        if self.broker is not None:
            self.broker.close()
        self.database.close()


def make_context(settings: Settings) -> Context:
    """Everything that an application of these settings holds; nothing is started yet.

    InputError if it is to have users, and nobody can be let in.
    """
    users = Users(Path(settings.users_dir)) if settings.users_dir else None
    closing, hub = Event(), Hub()
    database = Database(settings, closing.is_set)
    broker = Broker(settings) if settings.uses_celery else None
    executor = None
    if broker is None:
        executor = EmbeddedExecutor(database, settings, hub.announce)
    elif settings.when_broker_away == "inline":
        executor = EmbeddedExecutor(database, settings, hub.announce, [queues.EMBEDDED])

    def recovered(job_id: str) -> None:
        hub.announce(job_id)
        context.wake()

    housekeeping = Housekeeping(database, settings, broker, recovered)
    context = Context(settings, database, hub, broker, executor, housekeeping, users, closing)
    return context


def context_of(connection: HTTPConnection) -> Context:
    """The context of the application that the connection talks to."""
    app: FastAPI = connection.app
    context: Context = app.state.context
    return context
