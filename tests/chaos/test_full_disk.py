"""A service of one process whose job store has a disk that is full for a while."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from sqlalchemy import create_engine, make_url

from tests.chaos.customer import Customer
from tests.chaos.history import History, histories
from tests.chaos.invariants import doubled, inconsistent, lost
from tests.chaos.load import mixed_days
from tests.chaos.processes import Member
from tests.servers import EmbeddedPostgres, free_port
from tutti import Client
from tutti.client import UnavailableError
from tutti.fleet.generate import generate_day
from tutti.jobs.schema import upgrade

pytestmark = pytest.mark.chaos

_PATIENCE_S = 120.0
_LEASE_S = 6.0  # a holder on a busy machine is not late for that
_FULL_S = 12.0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, which every user may use."""
    with TemporaryDirectory(prefix="tutti-disk-") as disk:
        mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tutti-test", disk]
        mounting = subprocess.run(mount, capture_output=True, text=True, check=False)
        if mounting.returncode:
            pytest.skip(f"no file system can be mounted here: {mounting.stderr.strip()}")
        yield Path(disk)
        subprocess.run(["umount", disk], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(4096)):
                pass
        except OSError:
            return ballast
    raise AssertionError


def submit_for_ever(customer: Customer, client: Client) -> None:
    """Submit small days: the first may still fit, for SQLite writes over what it has no more need of."""
    day = generate_day(50)
    while True:
        customer.submit_once(client, day)


@dataclass(frozen=True, slots=True)
class Store:
    """A job store on a small disk. environment: names it."""

    url: str
    environment: dict[str, str]

    def doctor(self) -> str:
        """What tutti doctor says of it."""
        command = [sys.executable, "-m", "tutti", "doctor"]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 1
        return done.stdout

    def histories(self, customer: str) -> list[History]:
        """What it says of the customer's jobs."""
        engine = create_engine(self.url)
        found = histories(engine, customer)
        engine.dispose()
        return found


@pytest.fixture
def sqlite(small_disk: Path) -> Store:
    data = small_disk / "data"
    return Store(f"sqlite:///{data / 'tutti.db'}", {"TUTTI_DATA_DIR": str(data)})


@pytest.fixture
def postgresql(small_disk: Path) -> Iterator[Store]:
    """One whose tables are on the small disk, and whose log is not: it answers, and takes what needs no more room."""
    with EmbeddedPostgres(free_port()) as server:
        folder = small_disk / "tables"
        folder.mkdir()
        server.give(folder)
        with closing(psycopg2.connect(server.url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("CREATE TABLESPACE small LOCATION %s", (str(folder),))
            cursor.execute("CREATE DATABASE tutti TABLESPACE small")
        url = make_url(server.url).set(drivername="postgresql+psycopg2", database="tutti")
        engine = create_engine(url)
        upgrade(engine)
        engine.dispose()
        rendered = url.render_as_string(hide_password=False)
        yield Store(rendered, {"TUTTI_DATABASE_URL": rendered})


@pytest.mark.parametrize(
    ("kind", "told"),
    [("sqlite", "0 MiB are free on its disk: jobs are refused"), ("postgresql", "it has no room left on its disk")],
)
def test_a_full_disk_loses_no_job_that_was_accepted(
    request: pytest.FixtureRequest, small_disk: Path, tmp_path: Path, kind: str, told: str
) -> None:
    store: Store = request.getfixturevalue(kind)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**store.environment, "TUTTI_LEASE_S": str(_LEASE_S)}
    service = Member("service", ["tutti", "serve", "--port", str(port)], environment, tmp_path / "log")
    days = mixed_days(6, 2, Random(1))
    try:
        with Customer([address]) as customer, Client(address) as client:
            customer.submit_all(days)
            ballast = fill(small_disk)
            with pytest.raises(UnavailableError, match="the job store has no room left on its disk"):
                submit_for_ever(customer, client)
            assert client.status().attention[0].startswith("the disk of the job store is full")
            assert told in store.doctor()
            time.sleep(_FULL_S)
            ballast.unlink()
            customer.submit(days[0])
            customer.wait(_PATIENCE_S)
    finally:
        service.kill()
    found = store.histories(customer.name)
    assert not lost(customer.accepted, found)
    assert not doubled(customer.accepted, found, [])
    assert not inconsistent(found)
    assert not [one.data["reason"] for job in found for one in job.happenings if "reason" in one.data]
    assert {(job.state, job.fence) for job in found} == {("completed", 1)}
