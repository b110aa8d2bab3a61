"""A job store, an executor on it, and a way to wait for what happens to a job."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Condition
from typing import Any

import pytest

from tests.waiting import PATIENCE_S, soon
from tutti.execution.embedded import EmbeddedExecutor
from tutti.execution.housekeeping import Housekeeping
from tutti.jobs.database import Database
from tutti.jobs.events import events_after
from tutti.jobs.reading import find, planned
from tutti.jobs.schema import upgrade
from tutti.jobs.submission import Submission, submit
from tutti.jobs.tables import Job, JobEvent
from tutti.settings import Settings


class Bench:
    """A job store with executors on it, and what they announce."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self._changed = Condition()
        self._executors: list[EmbeddedExecutor] = []
        self._housekeeping: Housekeeping | None = None

    def start(self) -> EmbeddedExecutor:
        """One more executor at work."""
        executor = EmbeddedExecutor(self.database, self.settings, self._announce)
        executor.start()
        self._executors.append(executor)
        if self._housekeeping is None:
            self._housekeeping = Housekeeping(self.database, self.settings, None, lambda _: executor.wake())
            self._housekeeping.start()
        return executor

    def submit(self, content: object) -> str:
        """Queue a job; its id."""
        with self.database.writing() as session:
            job, _ = submit(session, Submission(json.dumps(content), 1, "someone", "embedded"))
        for executor in self._executors:
            executor.wake()
        return job.id

    def job(self, job_id: str) -> Job:
        """The job as it is."""
        with self.database.reading() as session:
            job = find(session, job_id)
        assert job is not None
        return job

    def events(self, job_id: str) -> list[JobEvent]:
        """What happened to the job."""
        with self.database.reading() as session:
            return list(events_after(session, job_id, 0))

    def document(self, job_id: str) -> dict[str, Any]:
        """The job's plan."""
        with self.database.reading() as session:
            found = planned(session, job_id)
        assert found is not None
        document: dict[str, Any] = json.loads(found[2] or "")
        return document

    def until(self, job_id: str, condition: Callable[[Job], bool]) -> Job:
        """The job as soon as the condition holds."""
        give_up_at = time.monotonic() + PATIENCE_S
        with self._changed:
            while not condition(job := self.job(job_id)):
                assert time.monotonic() < give_up_at, f"it is still {job.state}: {job.progress}, {job.error}"
                self._changed.wait(1.0)
        return job

    def close(self) -> None:
        """Stop all executors."""
        for executor in self._executors:
            executor.close()
        if self._housekeeping is not None:
            self._housekeeping.close()
        self.database.close()

    def _announce(self, job_id: str, progress: Mapping[str, Any] | None) -> None:
        with self._changed:
            self._changed.notify_all()


def await_line(caplog: pytest.LogCaptureFixture, text: str) -> None:
    """Wait until a line of the log begins so."""
    soon(lambda: caplog.messages, lambda lines: any(line.startswith(text) for line in lines))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, slots=1, lease_s=10, heartbeat_s=0.2, checkpoint_s=0.2)


@pytest.fixture
def bench(settings: Settings) -> Iterator[Bench]:
    database = Database(settings)
    upgrade(database.engine)
    bench = Bench(database, settings)
    yield bench
    bench.close()
