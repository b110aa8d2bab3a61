"""A whole service to do harm to: APIs and workers, their PostgreSQL and Redis, and proxies between the two.

It stands in for what runs containers, and starts anew whoever has ended, or whose liveness probe would fail.
"""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

import httpx
import redis
from sqlalchemy import create_engine

from tests.chaos.processes import Member
from tests.chaos.proxy import Proxy
from tests.servers import EmbeddedPostgres, create_database, free_port, run_redis
from tutti.jobs.schema import upgrade

APIS, WORKERS = 2, 4
PATIENCE_S = 60.0
_MEND_S = 120.0
_LOOK_INTERVAL_S = 0.1


class Fleet:
    """Starts everything, replaces what died, and leaves nothing behind, whatever happens meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._exit = ExitStack()
        self.ports = [free_port() for _ in range(APIS)]
        self.apis: list[Member] = []
        self.workers: list[Member] = []
        self.dead: list[Member] = []

    def __enter__(self) -> Self:
        with ExitStack() as entering:
            ordinary = signal.signal(signal.SIGTERM, signal.default_int_handler)
            entering.callback(signal.signal, signal.SIGTERM, ordinary)  # until then SIGTERM cleans up as Ctrl-C does
            self.postgres = entering.enter_context(EmbeddedPostgres(free_port()))
            create_database(self.postgres.url, "tutti")
            self._redis_port = free_port()
            self.start_redis()
            entering.callback(self.kill_redis)
            postgres_port = int(self.postgres.url.rpartition(":")[2].partition("/")[0])
            self.proxies = [entering.enter_context(Proxy(port)) for port in (postgres_port, self._redis_port)]
            self.engine = create_engine(
                f"postgresql+psycopg2://postgres@127.0.0.1:{postgres_port}/tutti", pool_pre_ping=True
            )
            entering.callback(self.engine.dispose)
            upgrade(self.engine)
            entering.callback(self._kill_all)
            for number in range(APIS):
                self.apis.append(self._start_api(number))
            for _ in range(WORKERS):
                self.workers.append(self.start_worker())
            self.mend()
            self._exit = entering.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def addresses(self) -> list[str]:
        """Where the APIs are; they keep their addresses when they are replaced."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    @property
    def broker(self) -> "redis.Redis":
        """A connection to Redis itself."""
        return redis.Redis(port=self._redis_port, decode_responses=True)

    def start_worker(self, **environment: str) -> Member:
        """A worker, which is not yet ready."""
        signs = Path(mkdtemp(prefix="signs-", dir=self._folder))
        environment = self._environment() | {"TUTTI_PROBE_DIR": str(signs)} | environment
        return Member("worker", ["tutti", "worker"], environment, self._folder / "workers.log", signs)

    def replace(self, member: Member, **environment: str) -> None:
        """Put a new one, of the same kind, in the place of one that is dead or as good as dead."""
        self.dead.append(member)
        if member in self.apis:
            number = self.apis.index(member)
            self.apis[number] = self._start_api(number, **environment)
        else:
            self.workers[self.workers.index(member)] = self.start_worker(**environment)

    def mend(self) -> None:
        """Replace whoever died or is stuck, and wait until everyone is at work."""
        try:
            until(self._is_whole, "everyone is at work", _MEND_S)
        except AssertionError as late:
            portraits = [member.portrait() for member in [*self.dead, *self.apis, *self.workers]]
            raise AssertionError("\n".join([str(late), *portraits])) from None

    def start_redis(self) -> None:
        """Start Redis, empty; it answers then."""
        self._redis = ExitStack()
        self.redis = self._redis.enter_context(run_redis(self._redis_port))

    def kill_redis(self) -> None:
        """Kill Redis: all that it knows is lost."""
        self._redis.close()

    def orphans(self) -> list[int]:
        """Processes that outlived the first process of their member."""
        return [pid for member in [*self.dead, *self.apis, *self.workers] if not member.alive for pid in member.pids()]

    def _is_whole(self) -> bool:
        for member in [*self.apis, *self.workers]:
            if member.stuck:
                member.kill()
            if not member.alive:  # what is left of one that ended by itself is for `orphans` to find
                self.replace(member)
        return all(worker.ready for worker in self.workers) and all(_answers(address) for address in self.addresses)

    def _start_api(self, number: int, **environment: str) -> Member:
        arguments = ["tutti", "serve", "--port", str(self.ports[number])]
        return Member("api", arguments, self._environment() | environment, self._folder / "apis.log")

    def _environment(self) -> dict[str, str]:
        postgres, broker = self.proxies
        return {
            "TUTTI_DATABASE_URL": f"postgresql+psycopg2://postgres@127.0.0.1:{postgres.port}/tutti",
            "TUTTI_BROKER_URL": f"redis://127.0.0.1:{broker.port}/0",
            "TUTTI_WORKER_CONCURRENCY": "1",
            "OMP_NUM_THREADS": "1",
        }

    def _kill_all(self) -> None:
        for member in [*self.apis, *self.workers, *self.dead]:
            member.kill()


def until(is_so: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until it is so."""
    give_up_at = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < give_up_at, f"not within {patience_s:g} s: {what}"
        time.sleep(_LOOK_INTERVAL_S)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=2).is_success
    except httpx.HTTPError:
        return False
