"""What is written down of an attempt: how far it is, what it has cost, and whether it counts."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.days import day
from tests.execution.conftest import Bench
from tests.execution.test_endings import PLAN, begun
from tutti.execution.ending import Ending
from tutti.execution.errors import SolverDiedError
from tutti.execution.solver_process import SolverProcess
from tutti.execution.solver_slot import SolverSlot
from tutti.jobs.checkpoints import Checkpoint, checkpoint_of
from tutti.jobs.database import Database
from tutti.jobs.leases import beat, claim

_LESS_PROVEN = """
import time
import tutti.execution.solver_main as solver
from tutti.execution.messages import Moment, Refused

def planned(request, inbox, reporter, send):
    told = {"phase": "flow", "seconds": 0.1, "buses": 9, "deadhead_min": 0, "bound_buses": 1}
    for event, gap in (("incumbent", 0.1), ("bound", 0.4)):  # of each kind only the newest waits to be sent
        send(Moment(**told, event=event, bound_deadhead_min=None, gap=gap))
    while inbox.stop_reason is None:
        time.sleep(0.05)
    return Refused(code="solver_error", message="it was enough")

solver.planned = planned
solver.main()
"""
_ONE_PLAN = """
import time
import tutti.execution.solver_main as solver
from tutti.execution.messages import BestPlan, Refused

def planned(request, inbox, reporter, send):
    send(BestPlan(document='{}', seconds=1.0))
    while inbox.stop_reason is None:
        time.sleep(0.05)
    return Refused(code="solver_error", message="it was enough")

solver.planned = planned
solver.main()
"""
_NO_BETTER = """
import time
import tutti.execution.solver_main as solver
from tutti.execution.messages import Finished

def planned(request, inbox, reporter, send):
    while inbox.stop_reason is None:
        time.sleep(0.05)
    return Finished(status="stopped", document=request.initial, last=None, seconds=4.0)

solver.planned = planned
solver.main()
"""


def plans_written() -> float:
    """Checkpoints with a plan that this process has written."""
    return REGISTRY.get_sample_value("tutti_checkpoint_bytes_count") or 0.0


def await_heartbeat(bench: Bench, job_id: str) -> None:
    """Wait until its holder has prolonged its lease once more."""
    last = bench.job(job_id).lease_until
    bench.until(job_id, lambda job: job.lease_until != last)


def test_the_share_of_a_job_that_is_done_never_falls(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a week goes on with a day of which nothing is proven yet."""
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", _LESS_PROVEN]))
    bench.start()
    job_id = bench.submit(day(3))
    job = bench.until(job_id, lambda job: job.progress is not None and job.progress["gap"] == 0.4)
    assert job.progress is not None
    assert job.progress["percent"] == 90


def test_a_plan_is_written_once_however_many_heartbeats_follow(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", _ONE_PLAN]))
    before = plans_written()
    bench.start()
    job_id = bench.submit(day(3))
    bench.until(job_id, lambda _: plans_written() > before)
    for _ in range(3):
        await_heartbeat(bench, job_id)
    assert plans_written() == before + 1


def test_a_better_plan_waits_for_no_heartbeat(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", _LESS_PROVEN]))
    bench.settings = bench.settings.model_copy(update={"heartbeat_s": 600, "lease_s": 1800})
    bench.start()
    job_id = bench.submit(day(3))
    bench.until(job_id, lambda job: job.progress is not None and job.progress["buses"] == 9)


def test_a_better_plan_that_the_store_could_not_be_told_of_is_told_of_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    untold: list[Any] = []

    def beat_after_an_outage(*held: Any, events: list[Any], **how: Any) -> bool:
        if events and not untold:
            untold.extend(events)
            raise OperationalError("UPDATE", None, Exception("away"))
        return beat(*held, events=events, **how)

    monkeypatch.setattr("tutti.execution.runner.beat", beat_after_an_outage)
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", _LESS_PROVEN]))
    bench.start()
    job_id = bench.submit(day(3))
    bench.until(job_id, lambda job: job.progress is not None and job.progress["gap"] == 0.4)
    assert untold
    assert {"incumbent", "bound"} <= {event.kind for event in bench.events(job_id)}


def test_a_job_that_is_handed_over_with_the_plan_that_it_came_with_has_cost_the_seconds_of_both_attempts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the seconds are written: of a large day the plan is some megabytes."""
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", _NO_BETTER]))
    bench.settings = bench.settings.model_copy(update={"soft_limit_s": 600, "finish_grace_s": 0, "stop_grace_s": 30})
    job_id = begun(bench)
    before = plans_written()
    executor = bench.start()
    bench.until(job_id, lambda job: job.state == "running")
    executor.begin_close()
    bench.until(job_id, lambda job: job.state == "queued")
    with bench.database.reading() as session:
        assert checkpoint_of(session, job_id) == Checkpoint(json.dumps(PLAN), 13.0)
    assert plans_written() == before


def test_an_attempt_counts_though_the_answer_to_its_end_was_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = bench.submit(day(1))
    with bench.database.writing() as session:
        claimed = claim(session, holder="a worker", lease_s=60)
    assert claimed is not None
    writing, lost = Database.writing, list[str]()

    @contextmanager
    def writing_unheard(database: Database) -> Iterator[Session]:
        with writing(database) as session:
            yield session
        if not lost:
            lost.append("the answer")
            raise OperationalError("COMMIT", None, Exception("the connection broke"))

    monkeypatch.setattr(Database, "writing", writing_unheard)
    end = Ending(claimed[0], database=bench.database, settings=bench.settings, closing=Event())
    end.try_again(SolverDiedError("solver_crashed", "the solver died"), lambda _: None, None)
    assert lost
    assert (bench.job(job_id).state, bench.job(job_id).attempts) == ("queued", 1)
