"""The files by which a real worker shows that it lives, and that it can claim a job."""

import signal
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Cluster
from tests.acceptance.test_broker_away import lonely, port_of
from tests.servers import run_redis
from tests.stores import store_at
from tests.waiting import soon
from tutti.jobs.schema import upgrade

__all__ = ["lonely"]

pytestmark = pytest.mark.server


@pytest.fixture
def folder(lonely: Cluster, tmp_path: Path) -> Path:
    """Where the workers' files are; the tables are there as well."""
    lonely.environment["TUTTI_PROBE_DIR"] = str(tmp_path)
    database = store_at(lonely.environment["TUTTI_DATABASE_URL"])
    upgrade(database.engine)
    database.close()
    return tmp_path


def until_touched(file: Path, after: float) -> None:
    soon(lambda: file.exists() and file.stat().st_mtime > after)


def test_a_worker_without_its_broker_lives_but_is_not_ready(lonely: Cluster, folder: Path) -> None:
    lonely.start_worker()
    until_touched(folder / "live", time.time())
    assert not (folder / "ready").exists()
    with run_redis(port_of(lonely)):
        until_touched(folder / "ready", time.time())
        until_touched(folder / "live", time.time())
    away = time.time()
    until_touched(folder / "live", away + 5)
    assert (folder / "ready").stat().st_mtime < away + 5


def test_a_worker_whose_main_loop_is_stuck_gives_no_sign_of_life(lonely: Cluster, folder: Path) -> None:
    with run_redis(port_of(lonely)):
        worker = lonely.start_worker()
        until_touched(folder / "ready", time.time())
        worker.send_signal(signal.SIGSTOP)
        stopped = time.time()
        time.sleep(2)
        assert (folder / "live").stat().st_mtime < stopped + 1
        worker.send_signal(signal.SIGCONT)


def test_a_worker_that_ends_is_no_longer_ready(lonely: Cluster, folder: Path) -> None:
    with run_redis(port_of(lonely)):
        worker = lonely.start_worker()
        until_touched(folder / "ready", time.time())
        worker.terminate()
        assert worker.wait(30) == 0
        assert not (folder / "ready").exists()
