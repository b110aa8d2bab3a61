"""`tutti db` and `tutti worker` as processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.jobs.test_submission import until_one_waits_for_a_lock
from tests.servers import EmbeddedPostgres, free_port
from tests.stores import store_at
from tutti.jobs.schema import upgrade


@contextmanager
def running(*arguments: str, **environment: str) -> "Iterator[subprocess.Popen[str]]":
    """`tutti`, killed if it still runs at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tutti", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def waiting(*arguments: str, **environment: str) -> "Iterator[subprocess.Popen[str]]":
    """The same, that waits for a job store, once it has said what is missing."""
    with running(*arguments, **environment) as process:
        assert process.stderr is not None
        assert "job store: " in process.stderr.readline()
        yield process


def tutti(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tutti", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_job_store_is_waited_for_until_it_is_up_to_date(store_url: str) -> None:
    assert tutti("db", "wait", "--timeout", "0", TUTTI_DATABASE_URL=store_url).returncode == 1
    assert "no tables" in tutti("db", "current", TUTTI_DATABASE_URL=store_url).stdout
    assert tutti("db", "upgrade", TUTTI_DATABASE_URL=store_url).returncode == 0
    assert tutti("db", "current", TUTTI_DATABASE_URL=store_url).returncode == 0
    assert tutti("db", "wait", "--timeout", "0", TUTTI_DATABASE_URL=store_url).returncode == 0


@pytest.mark.parametrize(
    "url", ["nonsense", f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"], ids=["nonsense", "nobody"]
)
def test_a_job_store_that_can_not_be_used_is_said_in_a_sentence(url: str) -> None:
    done = tutti("db", "upgrade", TUTTI_DATABASE_URL=url)
    assert done.returncode == 2
    assert "TUTTI_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_without_a_broker_says_what_to_set(tmp_path: Path) -> None:
    done = tutti("worker", TUTTI_BROKER_URL="", TUTTI_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "TUTTI_BROKER_URL" in done.stderr


def test_a_worker_waits_for_the_tables_of_the_job_store(tmp_path: Path) -> None:
    def worker() -> "subprocess.CompletedProcess[str]":
        return tutti("worker", "--wait", "0.1", TUTTI_BROKER_URL="", TUTTI_DATA_DIR=str(tmp_path))

    before = worker()
    assert (before.returncode, "not up to date within 0.1 s" in before.stderr) == (1, True)
    assert tutti("db", "upgrade", TUTTI_DATA_DIR=str(tmp_path)).returncode == 0
    assert "TUTTI_BROKER_URL" in worker().stderr  # what it looks at next


WAITING = ["worker --wait 3", "db wait --timeout 3", "db upgrade --wait 3", "serve --port 0 --wait 3"]


@pytest.mark.parametrize("command", WAITING)
def test_what_keeps_a_command_from_the_job_store_is_said_while_it_waits_and_each_thing_once(command: str) -> None:
    store = f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"
    done = tutti(*command.split(), TUTTI_DATABASE_URL=store)
    while_it_waited = [line for line in done.stderr.splitlines() if "job store: connection to server" in line]
    assert len(while_it_waited) == 1
    assert "Connection refused" in while_it_waited[0]


def test_an_upgrade_that_waited_in_vain_says_why() -> None:
    store = f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"
    done = tutti("db", "upgrade", "--wait", "2", TUTTI_DATABASE_URL=store)
    assert "Connection refused" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", [line.replace("3", "600") for line in WAITING])
def test_a_command_that_waits_for_the_job_store_ends_by_sigterm(command: str) -> None:
    store = f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"
    with waiting(*command.split(), TUTTI_DATABASE_URL=store) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM


@pytest.mark.server
@pytest.mark.parametrize("command", ["db wait --timeout 600", "db upgrade --wait 600", "serve --port 0 --wait 600"])
def test_a_command_that_hangs_in_the_job_store_ends_by_sigterm(postgres_url: str, command: str) -> None:
    with closing(store_at(postgres_url, database_idle_s=600)) as database:
        upgrade(database.engine)
        environment = {"TUTTI_DATABASE_URL": postgres_url, "TUTTI_DATABASE_STATEMENT_TIMEOUT_S": "3600"}
        with database.writing() as session:
            session.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
            with running(*command.split(), **environment) as process:
                until_one_waits_for_a_lock(database)
                process.send_signal(signal.SIGTERM)
                assert process.wait(60) == 128 + signal.SIGTERM


@pytest.mark.server
def test_a_service_whose_job_store_comes_later_begins_then() -> None:
    port = free_port()
    store = f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres"
    with waiting("serve", "--port", "0", "--wait", "600", TUTTI_DATABASE_URL=store) as process:
        assert process.stderr is not None
        with EmbeddedPostgres(port):
            while "Tutti serves on" not in (line := process.stderr.readline()):
                assert line


@pytest.mark.parametrize("queues", [" , ", "small,medium"])
def test_a_worker_of_queues_that_are_none_says_which_there_are(queues: str) -> None:
    done = tutti("worker", TUTTI_BROKER_URL="redis://127.0.0.1:1/0", TUTTI_WORKER_QUEUES=queues)
    assert done.returncode == 2
    assert "TUTTI_WORKER_QUEUES" in done.stderr
    assert "small, large, celery are" in done.stderr


@pytest.mark.parametrize(
    ("command", "code"), [("serve", 2), ("worker", 2), ("flower", 2), ("db current", 2), ("doctor", 1)]
)
def test_a_setting_that_makes_no_sense_is_said_in_a_sentence(command: str, code: int) -> None:
    done = tutti(*command.split(), TUTTI_LEASE_S="soon")
    assert done.returncode == code
    assert "TUTTI_LEASE_S" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
