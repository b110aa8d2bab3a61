"""Jobs run by real solver processes on a real store."""

import json
import os
import signal
import sys
from threading import Event

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update

from tests.days import day
from tests.execution.conftest import Bench
from tests.processes import children, eventually, runs
from tutti.execution.messages import Finished, Refused, Solve
from tutti.execution.proc import peak_bytes, shares_memory
from tutti.execution.runner import Announce, Attempt
from tutti.execution.solver_process import SolverProcess
from tutti.execution.solver_slot import SolverSlot
from tutti.jobs.clock import now
from tutti.jobs.leases import claim
from tutti.jobs.recovery import recover
from tutti.jobs.requests import cancel, request_stop
from tutti.jobs.tables import Job

LONG = day(2500)  # takes long to prove
SHORT = day(8)


def has_plan(job: Job) -> bool:
    return job.progress is not None and job.progress["buses"] > 0


def solving(bench: Bench, job: Job, attempt: int) -> bool:
    """Whether the solver has reported in this attempt."""
    return job.attempts == attempt and bench.events(job.id)[-1].kind in ("progress", "incumbent", "bound")


def answered(solver: SolverProcess) -> Finished | Refused:
    while True:
        if isinstance(report := solver.receive(60), Finished | Refused):
            return report


@pytest.fixture
def solver_pids(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The solver processes that are started, the newest last."""
    pids: list[int] = []
    start = SolverProcess.__init__

    def note(self: SolverProcess, *, memory_mb: int) -> None:
        start(self, memory_mb=memory_mb)
        pids.append(self.pid)

    monkeypatch.setattr(SolverProcess, "__init__", note)
    return pids


def test_a_solver_that_starts_for_longer_than_a_lease_costs_no_attempt(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = "import time, tutti.execution.solver_main as solver; time.sleep(4); solver.main()"
    monkeypatch.setattr(SolverSlot, "_start", lambda _: SolverProcess(command=[sys.executable, "-c", late]))
    bench.settings = bench.settings.model_copy(update={"lease_s": 2})
    bench.start()
    job_id = bench.submit(day(800))  # more than a pipe holds
    job = bench.until(job_id, lambda job: job.progress is not None or job.attempts > 1)
    assert (job.attempts, job.error) == (1, None)


def test_a_job_is_planned_and_its_events_tell_its_way(bench: Bench) -> None:
    bench.start()
    job_id = bench.submit(SHORT)
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.attempts, job.error) == ("completed", 1, None)
    planned = [trip["route_id"] for block in bench.document(job_id)["blocks"] for trip in block["trips"]]
    assert sorted(planned) == [route["id"] for route in SHORT]
    kinds = [event.kind for event in bench.events(job_id)]
    assert (kinds[0], kinds[1], kinds[-1]) == ("queued", "started", "completed")


def test_bad_input_fails_the_job_at_once_with_its_findings(bench: Bench) -> None:
    bench.start()
    job = bench.until(bench.submit([{"id": "R1"}]), lambda job: job.ended_at is not None)
    assert (job.state, job.error_code, job.attempts) == ("failed", "invalid_input", 1)
    assert job.error is not None
    assert "routes[0]" in job.error


def test_a_stopped_job_keeps_its_best_plan(bench: Bench) -> None:
    bench.start()
    job_id = bench.submit(LONG)
    bench.until(job_id, has_plan)
    with bench.database.writing() as session:
        assert request_stop(session, job_id)
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.stopped) == ("completed", True)
    assert bench.document(job_id)["certificate"]["status"] == "stopped"


def test_a_job_that_is_stopped_while_it_waits_runs_until_it_has_a_plan(bench: Bench) -> None:
    job_id = bench.submit(LONG)
    with bench.database.writing() as session:
        assert request_stop(session, job_id)
    bench.start()
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.stopped, bench.document(job_id)["certificate"]["status"]) == ("completed", True, "stopped")


def test_a_cancelled_job_frees_its_slot(bench: Bench) -> None:
    bench.start()
    job_id = bench.submit(LONG)
    bench.until(job_id, has_plan)
    with bench.database.writing() as session:
        assert cancel(session, job_id)
    following = bench.submit(SHORT)
    assert bench.until(following, lambda job: job.ended_at is not None).state == "completed"
    assert bench.job(job_id).state == "cancelled"


def test_a_solver_that_an_attempt_left_at_its_job_does_not_answer_for_the_next_one(bench: Bench) -> None:
    """As in a worker's process, which goes on after an error that nobody foresaw."""

    def attempt(content: object, slot: SolverSlot, announce: Announce) -> str:
        job_id = bench.submit(content)
        with bench.database.writing() as session:
            claimed = claim(session, holder="a worker", lease_s=60, job_id=job_id)
        assert claimed is not None
        Attempt(
            *claimed,
            slot,
            database=bench.database,
            settings=bench.settings,
            announce=announce,
            closing=Event(),
        ).run()
        return job_id

    with SolverSlot(bench.settings) as slot:
        with pytest.raises(ZeroDivisionError):
            attempt(LONG, slot, lambda *_: print(1 / 0))
        job_id = attempt(SHORT, slot, lambda *_: None)
    told = [event.data["buses"] for event in bench.events(job_id) if "buses" in event.data]
    assert max(told) <= len(SHORT), "these are the other job's"


def test_a_job_gets_the_cores_of_the_settings_and_leaves_no_process(bench: Bench, solver_pids: list[int]) -> None:
    bench.settings = bench.settings.model_copy(update={"solve_cores": 3})
    bench.start()
    job_id = bench.submit(LONG)
    bench.until(job_id, has_plan)
    assert eventually(lambda: len(children(solver_pids[-1])) == 2)
    beside = children(solver_pids[-1])
    with bench.database.writing() as session:
        assert cancel(session, job_id)
    assert eventually(lambda: not any(map(runs, beside)))
    assert bench.until(bench.submit(SHORT), lambda job: job.ended_at is not None).state == "completed"


def test_the_memory_of_companions_counts_as_their_jobs(bench: Bench, solver_pids: list[int]) -> None:
    before = REGISTRY.get_sample_value("tutti_solve_memory_bytes_sum", {"queue": "embedded"}) or 0.0
    bench.settings = bench.settings.model_copy(update={"solve_cores": 3, "stop_grace_s": 60})
    bench.start()
    job_id = bench.submit(LONG)
    solver = solver_pids[-1]

    def companions() -> list[int]:
        return [pid for pid in children(solver) if not shares_memory(pid, solver)]

    assert eventually(lambda: len(companions()) == 2 and min(map(peak_bytes, companions())) > 50_000_000)
    held = sum(map(peak_bytes, companions()))
    seen_until = bench.until(job_id, has_plan).last_event
    bench.until(job_id, lambda job: job.last_event > seen_until)
    with bench.database.writing() as session:
        assert request_stop(session, job_id)
    bench.until(job_id, lambda job: job.ended_at is not None)
    after = REGISTRY.get_sample_value("tutti_solve_memory_bytes_sum", {"queue": "embedded"})
    assert after is not None
    assert after - before - peak_bytes(solver) > 0.9 * held


def test_a_killed_solver_loses_no_job(bench: Bench, solver_pids: list[int]) -> None:
    bench.start()
    job_id = bench.submit(LONG)
    bench.until(job_id, has_plan)
    os.kill(solver_pids[-1], signal.SIGKILL)
    bench.until(job_id, lambda job: job.attempts == 2 and has_plan(job))
    handed_back = next(event for event in bench.events(job_id) if event.kind == "queued" and event.number > 1)
    assert "SIGKILL" in handed_back.data["reason"]
    with bench.database.writing() as session:
        request_stop(session, job_id)
    assert bench.until(job_id, lambda job: job.ended_at is not None).state == "completed"


def test_a_holder_that_was_only_late_costs_its_job_no_attempt(bench: Bench) -> None:
    bench.start()
    job_id = bench.submit(LONG)
    bench.until(job_id, has_plan)
    with bench.database.writing() as session:
        session.execute(update(Job).values(lease_until=now(-1)))
        assert recover(session, max_attempts=3) == [job_id]
    job = bench.until(job_id, lambda job: job.fence == 2 and job.attempts == 1)
    with bench.database.writing() as session:
        request_stop(session, job_id)
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.attempts) == ("completed", 1)


def test_a_job_that_kills_its_solver_each_time_is_given_up(bench: Bench, solver_pids: list[int]) -> None:
    bench.start()
    job_id = bench.submit(LONG)
    for attempt in (1, 2, 3):
        bench.until(job_id, lambda job, attempt=attempt: solving(bench, job, attempt))  # type: ignore[misc]
        os.kill(solver_pids[-1], signal.SIGSEGV)
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.error_code) == ("failed", "solver_crashed")
    assert job.error is not None
    assert "tried 3 times" in job.error


def test_a_closing_executor_hands_its_job_back_and_another_goes_on_from_its_plan(bench: Bench) -> None:
    first = bench.start()
    job_id = bench.submit(LONG)
    bench.until(job_id, has_plan)
    first.close()
    job = bench.job(job_id)
    assert (job.state, job.attempts) == ("queued", 0)
    assert bench.document(job_id)["blocks"]
    bench.start()
    bench.until(job_id, lambda job: job.attempts == 1 and job.state == "running")
    with bench.database.writing() as session:
        request_stop(session, job_id)
    assert bench.until(job_id, lambda job: job.ended_at is not None).state == "completed"


def test_a_job_of_a_dead_process_is_taken_up(bench: Bench) -> None:
    job_id = bench.submit(SHORT)
    with bench.database.writing() as session:
        assert claim(session, holder="a process that died", lease_s=0.1) is not None
    bench.start()
    job = bench.until(job_id, lambda job: job.ended_at is not None)
    assert (job.state, job.attempts) == ("completed", 2)


def test_a_solver_that_reaches_its_memory_limit_says_so(bench: Bench) -> None:
    with SolverProcess(memory_mb=450) as solver:
        solver.solve(Solve(content=json.dumps(day(6000)), soft_limit_s=60, plan_interval_s=60))
        answer = answered(solver)
    assert isinstance(answer, Refused)
    assert answer.code == "out_of_memory"


def test_a_plan_to_start_from_is_never_made_worse() -> None:
    with SolverProcess() as solver:
        solver.solve(Solve(content=json.dumps(day(30)), soft_limit_s=60, plan_interval_s=60))
        best = answered(solver)
        assert isinstance(best, Finished)
        solver.solve(
            Solve(content=json.dumps(day(30)), initial=best.document, soft_limit_s=60, spent_s=60, plan_interval_s=60)
        )
        again = answered(solver)
    assert isinstance(again, Finished)
    assert best.last is not None
    assert again.last is not None
    assert again.last.buses <= best.last.buses
