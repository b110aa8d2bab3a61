"""The service as it is deployed, for measuring it: PostgreSQL, Redis, an API process, workers; all on this machine."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from tests.servers import create_database, postgres_server, redis_server

from tutti.settings import Settings

_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Servers, and the processes that were started on them. `environment` holds the settings of all."""

    environment: dict[str, str]
    processes: ExitStack

    @property
    def settings(self) -> Settings:
        """The settings that the processes have."""
        return Settings(
            database_url=self.environment["TUTTI_DATABASE_URL"], broker_url=self.environment["TUTTI_BROKER_URL"]
        )

    def start(self, *command: str, stderr: int | None = None, **changes: str) -> "subprocess.Popen[str]":
        """A Python process, first of a group, that finds the modules beside this one; it is killed at the end.

        changes: of the settings, for it alone.
        """
        path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        environment = os.environ | self.environment | {"PYTHONPATH": path} | changes
        process = subprocess.Popen(
            [sys.executable, *command], env=environment, stderr=stderr, text=True, process_group=0
        )
        self.processes.callback(process.wait)
        self.processes.callback(process.kill)
        return process

    def start_api(self) -> tuple[str, int]:
        """Start the API; its host and port."""
        return self.address_of(self.start("-m", "tutti", "serve", "--port", "0", stderr=subprocess.PIPE))

    def start_worker(self) -> "subprocess.Popen[str]":
        """Start a worker; what it logs, as in production, goes nowhere."""
        return self.start("-m", "tutti", "worker", stderr=subprocess.DEVNULL)

    @staticmethod
    def address_of(server: "subprocess.Popen[str]") -> tuple[str, int]:
        """Host and port of a server that prints its address first; what it says then is read, and goes nowhere."""
        assert server.stderr is not None
        while (line := server.stderr.readline()) and not (found := re.search(r"http://[\d.:]+", line)):
            pass
        assert line, "the server ended before it had an address"
        assert found is not None
        Thread(target=deque, args=(server.stderr, 0), daemon=True).start()
        parts = urlsplit(found[0])
        return str(parts.hostname), int(parts.port or 80)


@contextmanager
def stage(**environment: str) -> Iterator[Stage]:
    """Empty servers; whatever was started ends with the block, and if this process is ended by SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    with postgres_server() as postgres, redis_server() as redis, ExitStack() as processes:
        create_database(postgres, "tutti_benchmark")
        database = postgres.replace("postgresql:", "postgresql+psycopg2:").rpartition("/")[0] + "/tutti_benchmark"
        yield Stage({"TUTTI_DATABASE_URL": database, "TUTTI_BROKER_URL": redis, **environment}, processes)


def _end(number: int, _: object) -> None:
    """End in order. `timeout` signals twice: a process, and the group that it is in."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def wait_until(condition: Callable[[], bool], interval_s: float = 0.05) -> None:
    """Look until it holds; it is an error if it does not within two minutes."""
    give_up_at = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_at, "this takes too long"
        time.sleep(interval_s)
