"""How the end of a solver process is reported. The processes here are real; most of them misbehave on purpose."""

import json
import logging
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.days import day
from tests.execution.conftest import await_line
from tests.processes import children, eventually, killed_at_the_end
from tutti.execution import proc
from tutti.execution.errors import SolverDiedError
from tutti.execution.messages import BestPlan, Finished, Refused, Solve
from tutti.execution.solver_process import SolverProcess
from tutti.execution.solver_slot import SolverSlot
from tutti.settings import Settings

REQUEST = Solve(content="[]", soft_limit_s=10, plan_interval_s=5)
_TALKATIVE = """
from pathlib import Path
import tutti.execution.solver_main as solver
from tutti.execution.messages import BestPlan, Refused

def planned(request, inbox, reporter, send):
    for number in range(100):
        send(BestPlan(document="x" * 100_000, seconds=number))
    Path({done!r}).touch()
    return Refused(code="done", message="it has told enough")

solver.planned = planned
solver.main()
"""  # more than a pipe holds


def misbehaving(code: str) -> SolverProcess:
    """A process that does what `code` says; the pipe's file descriptor is `fd`."""
    return SolverProcess(command=[sys.executable, "-c", f"import os, sys; fd = int(sys.argv[1]); {code}"])


def death(process: SolverProcess) -> SolverDiedError:
    """How the process ends."""
    with process, pytest.raises(SolverDiedError) as caught:
        process.receive(30)
    return caught.value


def test_who_has_a_solver_process_does_not_load_the_optimizer_itself() -> None:
    loaded = "[each for each in sys.modules if each.startswith('tutti.optimizer')]"
    code = f"import sys, tutti.api.app, tutti.execution.tasks; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_crash_in_native_code_is_named_by_its_signal() -> None:
    died = death(misbehaving("os.kill(os.getpid(), 11)"))
    assert died.code == "solver_crashed"
    assert "SIGSEGV" in str(died)


def test_a_killed_process_is_said_to_be_killed() -> None:
    died = death(misbehaving("os.kill(os.getpid(), 9)"))
    assert died.code == "solver_killed"
    assert "memory" in str(died)


def test_a_process_that_is_killed_while_it_reports_is_said_to_be_killed() -> None:
    died = death(misbehaving("os.write(fd, b'\\0\\0\\0\\4wh'); os.kill(os.getpid(), 9)"))
    assert died.code == "solver_killed"


def test_an_exit_is_reported_with_its_code_and_last_lines() -> None:
    died = death(misbehaving("print('to stdout', flush=True); sys.stderr.write('the last words'); sys.exit(7)"))
    assert died.code == "solver_exited"
    assert "7" in str(died)
    assert died.log == ("to stdout", "the last words")


@pytest.mark.parametrize(
    "garbage",
    [
        "os.write(fd, b'no frame at all, only text'); os.kill(os.getpid(), 19)",
        "os.write(fd, b'\\0\\0\\0\\4what'); os.kill(os.getpid(), 19)",
        "os.write(fd, b'\\0\\0\\0\\2{}'); os.kill(os.getpid(), 19)",
    ],
    ids=["no frame", "no JSON", "no report"],
)
def test_garbage_on_the_pipe_is_reported_as_garbage(garbage: str) -> None:
    assert death(misbehaving(garbage)).code == "solver_garbled"


def test_a_companion_counts_from_when_it_is_at_its_own_program() -> None:
    """Until then it has its parent's memory, which would count twice; a fork stands still where a spawn passes."""
    begins = (
        "import time, subprocess; held = b'x' * 100_000_000; "
        "own = [sys.executable, '-c', 'import time; held = bytes(1) * 60_000_000; time.sleep(60)']; "
        "child = os.fork(); child and subprocess.Popen(own); time.sleep(60)"
    )
    with misbehaving(begins) as process:

        def beside_bytes() -> int:
            process.look_at_companions()
            return process.peak_bytes() - proc.peak_bytes(process.pid)

        assert eventually(lambda: len(children(process.pid)) == 2 and beside_bytes() > 60_000_000)
        forked, own = sorted(children(process.pid), key=proc.peak_bytes, reverse=True)
        assert proc.peak_bytes(forked) > 100_000_000
        assert beside_bytes() < proc.peak_bytes(own) + 1_000_000
        os.kill(forked, signal.SIGKILL)
        os.kill(own, signal.SIGKILL)


def test_a_process_that_closes_its_pipe_but_goes_on_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutti.execution.solver_process._EXIT_WAIT_S", 0.1)
    process = misbehaving("os.close(fd); os.kill(os.getpid(), 19)")
    assert death(process).code == "solver_garbled"
    assert not process.alive


def test_a_request_to_a_dead_process_says_how_it_died() -> None:
    with misbehaving("sys.exit(3)") as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        process.solve(REQUEST)
        with pytest.raises(SolverDiedError, match="exit code 3"):
            process.receive(30)


def test_nobody_waits_until_a_process_has_started_and_takes_its_job() -> None:
    large = Solve(content=" " * 4_000_000, soft_limit_s=10, plan_interval_s=5)
    with misbehaving("import time; time.sleep(20)") as process:
        process.solve(large)
        process.stop("the service shuts down")
        assert process.alive


def test_the_last_lines_of_a_process_are_of_the_job_that_it_died_at(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tutti.solver")
    process = SolverProcess()
    for routes in (3, 4):
        process.solve(REQUEST.model_copy(update={"content": json.dumps(day(routes))}))
        while not isinstance(process.receive(30), Finished):
            pass
        await_line(caplog, f"plans {routes} routes")  # it comes by a pipe of its own
    os.kill(process.pid, signal.SIGKILL)
    assert death(process).log == ("INFO plans 4 routes within 10 s, from nothing",)


def test_the_log_keeps_only_the_last_lines() -> None:
    died = death(misbehaving("[print(n) for n in range(1000)]; sys.exit(1)"))
    assert died.log[-1] == "999"
    assert len(died.log) == 40


def test_no_report_within_the_time_is_none() -> None:
    with misbehaving("os.kill(os.getpid(), 19)") as process:
        assert process.receive(0.01) is None


def test_a_solver_whose_reports_nobody_reads_goes_on(tmp_path: Path) -> None:
    """Its runner may be paused, or wait for the job store."""
    done = tmp_path / "done"
    with SolverProcess(command=[sys.executable, "-c", _TALKATIVE.format(done=str(done))]) as solver:
        solver.solve(REQUEST)
        assert eventually(done.exists)
        while not isinstance(report := solver.receive(60), Refused):
            assert isinstance(report, BestPlan)
            last = report
    assert last.seconds == 99


def test_a_solver_process_that_has_grown_is_replaced_before_its_next_job() -> None:
    with SolverSlot(Settings(solver_recycle_mb=1)) as slot:
        first = slot.process()
        first.solve(Solve(content="[]", soft_limit_s=1, plan_interval_s=5))
        assert first.receive(60) is not None
        assert slot.process() is not first
    with SolverSlot(Settings()) as slot:
        assert slot.process() is slot.process()


def test_a_solver_ends_with_its_parent() -> None:
    """Its parent is killed here, and so can't end it."""
    code = (
        "import signal; from tutti.execution.solver_process import SolverProcess;"
        "solver = SolverProcess(); print(solver.pid, flush=True); signal.pause()"
    )
    with killed_at_the_end([sys.executable, "-c", code]) as parent:
        assert parent.stdout is not None
        solver = os.pidfd_open(int(parent.stdout.readline()))
    ended = select.poll()
    ended.register(solver, select.POLLIN)
    assert ended.poll(30_000)
    os.close(solver)


def test_a_solver_leaves_its_holder_the_cpu() -> None:
    with SolverProcess() as process:
        process.solve(REQUEST)
        while process.receive(30) is None:
            pass
        own, least = os.getpriority(os.PRIO_PROCESS, 0), 19
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(own + 5, least)
