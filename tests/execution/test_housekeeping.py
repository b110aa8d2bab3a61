"""Taking back the jobs of a holder that is known to be gone."""

import pytest
from sqlalchemy import text

from tests.days import day
from tests.execution.conftest import Bench
from tutti.execution import housekeeping
from tutti.execution.housekeeping import Housekeeping
from tutti.jobs.leases import claim


def test_the_jobs_of_a_holder_that_died_are_taken_back_and_told_of_at_once(bench: Bench) -> None:
    ids = [bench.submit(day(1)) for _ in range(2)]
    with bench.database.writing() as session:
        for holder in ("the dead", "the living"):
            claim(session, holder=holder, lease_s=60)
    told: list[str] = []
    Housekeeping(bench.database, bench.settings, None, told.append).take_back_from("the dead")
    assert told == ids[:1]
    assert [bench.job(job_id).state for job_id in ids] == ["queued", "running"]


def test_a_store_that_is_away_when_a_holder_died_is_told_in_one_line(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with bench.database.writing() as session:
        session.execute(text("ALTER TABLE jobs RENAME TO away"))
    Housekeeping(bench.database, bench.settings, None, lambda _: None).take_back_from("the dead")
    (line,) = (record.getMessage() for record in caplog.records if record.name == housekeeping.__name__)
    assert line == "can't take the jobs of the dead back yet: no such table: jobs"
