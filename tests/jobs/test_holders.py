"""PostgreSQL tells a holder that is gone from one that is only late."""

import socket
import sys
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.processes import killed_at_the_end
from tests.stores import store_at
from tests.waiting import soon
from tutti.jobs.database import Database
from tutti.jobs.events import events_after
from tutti.jobs.holders import process_name
from tutti.jobs.leases import claim
from tutti.jobs.recovery import is_any_lost, recover

pytestmark = pytest.mark.server

_LEASE_S, _EARLY_S = 60.0, 61.0  # whoever has not beaten since its claim is late
_HOLD = """
import sys, time
from tutti.jobs.database import Database
from tutti.jobs.holders import process_name
from tutti.jobs.leases import claim
from tutti.settings import Settings
database = Database(Settings(database_url=sys.argv[1]))
with database.writing() as session:
    claimed = claim(session, holder=process_name(), lease_s=60)
print(claimed[0].job_id, flush=True)
time.sleep(600)
"""


@pytest.fixture
def store_url(postgres_url: str) -> str:
    return postgres_url


def recovered(database: Database) -> list[str]:
    """What is taken back, after a look whether there is anything, as housekeeping does it."""
    with database.at_once() as connection:
        if not is_any_lost(connection, early_s=_EARLY_S):
            return []
    with database.writing() as session:
        return recover(session, max_attempts=3, early_s=_EARLY_S)


def test_the_job_of_a_killed_process_is_taken_back_before_its_lease_runs_out(
    database: Database, postgres_url: str, submitted: Callable[..., str]
) -> None:
    job_id = submitted()
    with killed_at_the_end([sys.executable, "-c", _HOLD, postgres_url]) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == job_id
        assert recovered(database) == []
    assert soon(lambda: recovered(database)) == [job_id]
    with database.reading() as session:
        reason = events_after(session, job_id, 0)[-1].data["reason"]
    assert reason == f"{process_name(holder.pid)} gave no sign of life in attempt 1 and has no connection any more"


@pytest.mark.parametrize("slot", ["", "/slot-1"])
def test_the_job_of_a_process_that_is_late_but_connected_stays_its_own(
    database: Database, submitted: Callable[..., str], slot: str
) -> None:
    submitted()
    with database.writing() as session:
        assert claim(session, holder=process_name() + slot, lease_s=_LEASE_S) is not None
    assert recovered(database) == []


def test_a_process_whose_number_begins_like_that_of_another_is_not_the_other(
    database: Database, submitted: Callable[..., str]
) -> None:
    """In a container the first process is 1, and others are 12 or 15."""
    job_id = submitted()
    with database.writing() as session:
        assert claim(session, holder=f"{process_name()}7", lease_s=_LEASE_S) is not None
    assert recovered(database) == [job_id]


def test_a_holder_that_gave_a_sign_of_life_just_now_is_not_asked_for_its_connection(
    database: Database, submitted: Callable[..., str]
) -> None:
    job_id = submitted()
    with database.writing() as session:
        assert claim(session, holder="elsewhere/1", lease_s=_EARLY_S + 60) is not None
    assert recovered(database) == []
    with database.writing() as session:
        assert recover(session, max_attempts=3, early_s=_EARLY_S + 61) == [job_id]


def test_a_holder_with_a_name_longer_than_postgresql_takes_is_connected_and_no_noise_in_the_log(
    database: Database,
    postgres_url: str,
    submitted: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "w" * 63)  # as long as that of a pod may be
    submitted()
    with closing(store_at(postgres_url)) as named, named.writing() as session:
        assert claim(session, holder=process_name(), lease_s=_LEASE_S) is not None
        session.commit()
        assert recovered(database) == []
    assert capfd.readouterr().err == ""
