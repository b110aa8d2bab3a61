"""A service of one process whose disk is full for a while."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine

from tests.chaos.customer import Customer
from tests.chaos.history import History, histories
from tests.chaos.invariants import doubled, inconsistent, lost
from tests.chaos.load import mixed_days
from tests.chaos.processes import Member
from tests.servers import free_port
from tutti import Client
from tutti.client import UnavailableError
from tutti.fleet.generate import generate_day

pytestmark = pytest.mark.chaos

_PATIENCE_S = 120.0
_FULL_S = 10.0  # longer than a lease


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tutti-test", str(disk)]
    mounting = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounting.returncode:
        pytest.skip(f"no file system can be mounted here: {mounting.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


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


def doctor(data: Path) -> str:
    """What tutti doctor says of a data folder."""
    environment = {**os.environ, "TUTTI_DATA_DIR": str(data)}
    done = subprocess.run(
        [sys.executable, "-m", "tutti", "doctor"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 1
    return done.stdout


def stored(data: Path, customer: str) -> list[History]:
    """What the job store says of the customer's jobs."""
    engine = create_engine(f"sqlite:///{data / 'tutti.db'}")
    found = histories(engine, customer)
    engine.dispose()
    return found


def test_a_full_disk_loses_no_job_that_was_accepted(small_disk: Path, tmp_path: Path) -> None:
    port, data = free_port(), small_disk / "data"
    address = f"http://127.0.0.1:{port}"
    service = Member("service", ["tutti", "serve", "--port", str(port), "--data", str(data)], {}, tmp_path / "log")
    days = mixed_days(6, 2, Random(1))
    try:
        with Customer([address]) as customer, Client(address) as client:
            customer.submit_all(days)
            ballast = fill(small_disk)
            with pytest.raises(UnavailableError, match="the job store has no room left on its disk"):
                submit_for_ever(customer, client)
            assert client.status().attention[0].startswith("the disk of the job store is full")
            assert "0 MiB are free on its disk: jobs are refused" in doctor(data)
            time.sleep(_FULL_S)
            ballast.unlink()
            customer.submit(days[0])
            customer.wait(_PATIENCE_S)
    finally:
        service.kill()
    found = stored(data, customer.name)
    assert not lost(customer.accepted, found)
    assert not doubled(customer.accepted, found, [])
    assert not inconsistent(found)
    assert {job.state for job in found} == {"completed"}
