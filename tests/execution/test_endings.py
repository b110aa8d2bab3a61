"""Ends that are not the solver's own: it is stuck, the service shuts down, the store was away."""

import json
import sys
import time

import pytest
from sqlalchemy import text

from tests.days import day
from tests.execution.conftest import Bench, await_line
from tests.execution.test_runner import LONG, has_plan
from tutti.execution.messages import Finished, Solve
from tutti.execution.solver_process import SolverProcess
from tutti.execution.solver_slot import SolverSlot
from tutti.jobs.checkpoints import Checkpoint, checkpoint_of, save_checkpoint
from tutti.jobs.leases import claim, hand_back
from tutti.jobs.requests import request_stop
from tutti.jobs.tables import Job
from tutti.settings import Settings

_SLOW_TO_STOP = """
import time
import tutti.execution.solver_main as solver

fast = solver.answer
solver.answer = lambda *day, **how: (fast(*day, **how), time.sleep(1.5))[0]
solver.main()
"""
_WITHOUT_PLAN = """
import time
import tutti.execution.solver_main as solver
from tutti.fleet.plan import Bound, Certificate, Objective, Status
from tutti.optimizer import Progress
from tutti.optimizer.planning import Answer

def answer(day, *, stop, **how):
    while (reason := stop(Progress(0.0, 0.0, "flow", Objective(9, 0, 0), Bound(0), 0))) is None:
        time.sleep(0.05)
    return Answer({}, Certificate(Status.UNKNOWN, None, None, 0.1, reason, ("none was found",)))

solver.answer = answer
solver.main()
"""
PLAN: dict[str, object] = {"blocks": [], "kpis": {}, "certificate": {}, "warnings": []}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"soft_limit_s": 9.5, "stop_grace_s": 0.5, "finish_grace_s": 30, "lease_s": 30})


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solvers that never answer."""
    monkeypatch.setattr(
        SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", "while True: pass"])
    )


@pytest.fixture
def slow_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solvers that take a while from the end of a solve to their answer."""
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", _SLOW_TO_STOP]))


def begun(bench: Bench, plan: dict[str, object] = PLAN) -> str:
    """A job whose earlier attempt has left a plan after 9 s."""
    job_id = bench.submit(day(3))
    with bench.database.writing() as session:
        claimed = claim(session, holder="another", lease_s=60)
        assert claimed is not None
        save_checkpoint(session, job_id, Checkpoint(json.dumps(plan), 9.0))
        hand_back(session, claimed[0], "shutdown", counts=False)
    return job_id


@pytest.mark.usefixtures("stuck")
def test_a_stuck_solver_is_killed_and_the_jobs_kept_plan_is_taken(bench: Bench) -> None:
    job_id = begun(bench)
    bench.start()
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, bench.document(job_id)) == ("completed", PLAN)
    assert "killed" in next(event for event in bench.events(job_id) if event.kind == "warning").data["message"]


@pytest.mark.usefixtures("stuck")
def test_a_job_whose_solver_is_stuck_can_be_made_to_fail(bench: Bench) -> None:
    bench.settings = bench.settings.model_copy(update={"when_out_of_time": "fail"})
    job_id = begun(bench)
    bench.start()
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.error_code) == ("failed", "out_of_time")


@pytest.mark.usefixtures("stuck")
def test_a_stuck_week_does_not_end_with_the_plans_of_some_of_its_days(bench: Bench) -> None:
    job_id = begun(bench, {**PLAN, "days": ["L"], "other_days": [], "unplanned_days": ["V"]})
    bench.start()
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.error_code) == ("failed", "out_of_time")


@pytest.mark.usefixtures("stuck")
def test_a_week_that_is_to_stop_is_handed_over_when_its_worker_ends_before_all_days_have_plans(bench: Bench) -> None:
    """As on a scale-in: a job that was asked to keep its best plan is still at the days that have none."""
    bench.settings = bench.settings.model_copy(update={"soft_limit_s": 600, "finish_grace_s": 0.2})
    job_id = begun(bench, {**PLAN, "days": ["L"], "other_days": [], "unplanned_days": ["V"]})
    executor = bench.start()
    bench.until(job_id, lambda job: job.state == "running")
    with bench.database.writing() as session:
        request_stop(session, job_id)
    executor.begin_close()
    job = bench.until(job_id, lambda job: job.state != "running")
    assert (job.state, job.error) == ("queued", None)
    assert job.stop_requested


@pytest.mark.usefixtures("slow_to_stop")
def test_a_solver_that_alone_has_the_plan_is_waited_for(bench: Bench) -> None:
    """As on a busy machine: it is asked to stop before it has sent its first plan, and takes longer than its grace."""
    bench.settings = bench.settings.model_copy(update={"soft_limit_s": 600, "checkpoint_s": 600})
    bench.start()
    job_id = bench.submit(LONG)
    bench.until(job_id, has_plan)
    with bench.database.writing() as session:
        request_stop(session, job_id)
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.error) == ("completed", None)


@pytest.mark.usefixtures("slow_to_stop")
def test_a_week_that_is_stopped_gets_the_time_to_plan_the_days_that_are_left(bench: Bench) -> None:
    bench.settings = bench.settings.model_copy(update={"soft_limit_s": 600, "stop_grace_s": 2})  # less than twice 1.5 s
    bench.start()
    routes = [{**route, "days": ["L", "V"] if number < 10 else ["L"]} for number, route in enumerate(LONG)]
    job_id = bench.submit({"routes": routes, "options": {"week": True}})

    def has_checkpoint(job: Job) -> bool:
        with bench.database.reading() as session:
            return checkpoint_of(session, job.id) is not None

    bench.until(job_id, has_checkpoint)
    with bench.database.writing() as session:
        request_stop(session, job_id)
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.error) == ("completed", None)


def test_a_job_without_a_plan_is_handed_over_when_its_worker_ends(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a fleet that is short of buses, where the first plan takes a while."""
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", _WITHOUT_PLAN]))
    bench.settings = bench.settings.model_copy(update={"soft_limit_s": 600, "finish_grace_s": 0.2})
    executor = bench.start()
    job_id = bench.submit(day(3))
    bench.until(job_id, lambda job: job.state == "running")
    executor.begin_close()
    job = bench.until(job_id, lambda job: job.state != "running")
    assert (job.state, job.error, job.attempts) == ("queued", None, 0)


def test_a_job_that_ends_within_the_grace_is_not_handed_over(bench: Bench) -> None:
    executor = bench.start()
    job_id = bench.submit(day(150))
    bench.until(job_id, lambda job: job.state == "running")
    executor.begin_close()
    assert bench.until(job_id, lambda job: job.state != "running").state == "completed"


@pytest.mark.usefixtures("slow_to_stop")
def test_a_job_that_is_stopped_just_before_its_worker_ends_is_completed_and_not_handed_over(bench: Bench) -> None:
    bench.settings = bench.settings.model_copy(update={"soft_limit_s": 60, "stop_grace_s": 20})
    executor = bench.start()
    job_id = bench.submit(day(2500))
    bench.until(job_id, lambda job: job.progress is not None)
    with bench.database.writing() as session:
        assert request_stop(session, job_id)
    time.sleep(1)  # the solver has been asked to stop, which takes it a while
    executor.begin_close()
    job = bench.until(job_id, lambda job: job.state != "running")
    assert (job.state, job.stopped, job.attempts) == ("completed", True, 1)


def test_a_store_that_is_away_is_a_line_for_the_heartbeat_and_one_for_the_end(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.start()
    job_id = bench.submit({"routes": LONG, "options": {"time_limit_s": 4}})
    bench.until(job_id, lambda job: job.progress is not None)
    with bench.database.at_once() as connection:
        connection.execute(text("ALTER TABLE jobs RENAME TO hidden"))
    await_line(caplog, "the job's end")
    with bench.database.at_once() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO jobs"))
    assert bench.until(job_id, lambda job: job.ended_at is not None).state == "completed"
    said = [message for message in caplog.messages if message.startswith(("heartbeat", "the job's end"))]
    assert said == [
        "heartbeat: no such table: jobs (`tutti doctor` says what to change)",
        "the job's end: it can't be written yet: no such table: jobs (`tutti doctor` says what to change)",
        "the job's end: works again",
    ]


def test_a_checkpoint_tells_what_its_plan_has_cost_though_none_is_better(bench: Bench) -> None:
    """Else a job that proves for long would prove all of it again after its worker died."""
    bench.settings = bench.settings.model_copy(update={"soft_limit_s": 600})
    bench.start()
    job_id = bench.submit(LONG)
    job = bench.until(job_id, has_plan)
    give_up_at = time.monotonic() + 60
    behind_s = 100.0
    while behind_s > 1.5 or job.progress is None or job.progress["seconds"] < 6:
        assert time.monotonic() < give_up_at, f"the checkpoint is {behind_s} s behind"
        time.sleep(0.2)
        job = bench.job(job_id)
        with bench.database.reading() as session:
            kept = checkpoint_of(session, job_id)
        behind_s = 100.0 if kept is None or job.progress is None else job.progress["seconds"] - kept.spent_s
    with bench.database.writing() as session:
        request_stop(session, job_id)
    bench.until(job_id, lambda job: job.ended_at is not None)


def test_what_an_earlier_attempt_has_proven_is_not_proven_again() -> None:
    """The bound here is no true one: that the answer has it shows where it comes from."""
    routes = day(150)
    with SolverProcess() as solver:
        solver.solve(Solve(content=json.dumps(routes), soft_limit_s=60, plan_interval_s=60))
        while not isinstance(first := solver.receive(60), Finished):
            pass
        document = json.loads(first.document)
        document["certificate"]["bound"]["buses"] += 1
        resumed = Solve(
            content=json.dumps(routes),
            initial=json.dumps(document),
            soft_limit_s=60,
            plan_interval_s=60,
        )
        solver.solve(resumed)
        while not isinstance(again := solver.receive(60), Finished):
            pass
    bound = json.loads(again.document)["certificate"]["bound"]
    assert bound["buses"] == document["certificate"]["bound"]["buses"]
