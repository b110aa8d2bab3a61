"""`make alerts`: provokes each alert on a whole service of this machine, under a real Prometheus; says what was seen.

Everything is on loopback, and gone after some minutes. Waiting times are shortened: see `INSTEAD`, and
`tests.monitoring.prometheus`.
"""

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from threading import Thread

import httpx
import psycopg2
from rich.console import Console

from tests.chaos.faults.fault import busy_worker
from tests.chaos.fleet import until
from tests.chaos.processes import signal_all
from tests.monitoring.alerts import alerts
from tests.monitoring.prometheus import prometheus
from tests.monitoring.stage import LONG, Stage, WatchedFleet

INSTEAD = {"}) > 600": "}) > 5", "}) > 120": "}) > 8"}
"""Jobs wait long after 5 s instead of 600; checkpoints are old after 8 s instead of 120."""
OF_THE_CLUSTER = {"TuttiVolumeNearlyFull", "TuttiScalerErrors"}
"""What kubelet and KEDA count, and no process here does."""
_LEASE_S = 3.5
_console = Console(stderr=True)


def under_load(stage: Stage) -> None:
    """No alert: jobs of both sizes, one that is cancelled, one that is watched."""
    jobs = [*stage.submit(40, 20), *stage.submit(400, 2)]
    long = stage.submit(LONG)
    Thread(target=_watch, args=(stage, long[0]), daemon=True).start()
    stage.wait_for(long, "running")
    stage.expect("load")
    for _ in range(8):
        stage.look()
        time.sleep(1)
    stage.wait_for(jobs, "completed")
    stage.cancel(long)


def _watch(stage: Stage, job_id: str) -> None:
    with suppress(httpx.HTTPError), stage.api.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        for _ in answer.iter_lines():
            pass


def workers_die(stage: Stage) -> None:
    """Kill all workers, each with a job, and let the jobs wait."""
    jobs = stage.submit(LONG, len(stage.fleet.workers))
    stage.wait_for(jobs, "running")
    for worker in stage.fleet.workers:
        worker.kill()
    stage.expect("all workers killed in the middle of jobs", "TuttiHoldersLost", "TuttiNoWorker", "TuttiJobsWaitLong")
    stage.fleet.mend()
    stage.cancel(jobs)


def solver_is_stuck(stage: Stage) -> None:
    """Stop a solver process in the middle of a job; its worker lives."""
    jobs = stage.submit(LONG)
    worker, _ = busy_worker(stage.fleet, Random(1))
    time.sleep(6)  # by then it has kept a plan
    solvers = worker.solvers()
    signal_all(solvers, signal.SIGSTOP)
    stage.expect("a solver process stopped in the middle of a job", "TuttiCheckpointsOld")
    signal_all(solvers, signal.SIGCONT)
    stage.cancel(jobs)


def worker_comes_back(stage: Stage) -> None:
    """Stop a whole worker for longer than its lease."""
    jobs = stage.submit(LONG)
    worker, _ = busy_worker(stage.fleet, Random(1))
    worker.freeze()
    time.sleep(_LEASE_S + 3)
    worker.thaw()
    stage.expect("a worker paused for longer than its lease", "TuttiFenceLosses")
    stage.cancel(jobs)


def jobs_are_poison(stage: Stage) -> None:
    """Kill the solver of each job until the job is given up."""
    jobs = stage.submit(LONG, 4)

    def given_up() -> bool:
        for worker in stage.fleet.workers:
            signal_all(worker.solvers(), signal.SIGKILL)
        time.sleep(1)
        return all(stage.status(job_id) == "failed" for job_id in jobs)

    until(given_up, "the jobs are given up", 120)
    stage.expect(
        "four jobs whose solvers are killed each time", "TuttiJobsGivenUp", "TuttiSloBurnsFast", "TuttiSloBurnsSlowly"
    )


def redis_is_full(stage: Stage) -> None:
    """Lower Redis' limit until it takes no more messages."""
    with stage.fleet.broker as broker:
        used = int(broker.info()["used_memory"])
        broker.config_set("maxmemory", int(used * 1.1))
        stage.expect("Redis' maxmemory lowered to 1.1 of what it uses", "TuttiRedisNearlyFull")
        broker.config_set("maxmemory", 1)
        jobs = stage.submit(40, 3)
        stage.expect("Redis full, so that it takes no message", "TuttiJobsNotAnnounced")
        broker.config_set("maxmemory", 0)
    stage.wait_for(jobs, "completed")


def redis_is_away(stage: Stage) -> None:
    """Kill Redis."""
    stage.fleet.kill_redis()
    stage.expect("Redis killed", "TuttiBrokerAway", "TuttiCircuitOpen")
    stage.fleet.start_redis()


def postgres_is_crowded(stage: Stage) -> None:
    """Open connections until four of five are taken."""
    with ExitStack() as connections:
        for _ in range(70):
            connections.callback(psycopg2.connect(stage.fleet.postgres.url).close)
        stage.expect("70 idle connections to a PostgreSQL that allows 100", "TuttiPostgresConnections")


def postgres_is_away(stage: Stage) -> None:
    """Stop PostgreSQL, and go on to ask."""
    stage.fleet.postgres.stop()
    for _ in range(600):  # a share of all that was asked before, and over some looks: there is no rise in a new count
        assert stage.api.get("/v1/jobs").status_code == 503
        time.sleep(0.02)
    stage.expect("PostgreSQL stopped, and requests that need it", "TuttiJobStoreAway", "TuttiHttpErrors")
    stage.fleet.postgres.start()


def nobody_answers(stage: Stage) -> None:
    """Kill all APIs."""
    for api in stage.fleet.apis:
        api.kill()
    stage.expect("all APIs killed", "TuttiNotScraped")


PROVOCATIONS: tuple[Callable[[Stage], None], ...] = (
    under_load,
    workers_die,
    solver_is_stuck,
    worker_comes_back,
    jobs_are_poison,
    redis_is_full,
    redis_is_away,
    postgres_is_crowded,
    postgres_is_away,
    nobody_answers,
)


def main(names: list[str]) -> int:
    """Provoke them all; 1 if an alert was not seen, or the dashboard got no answer to one of its queries; 2: can't."""
    if shutil.which("prometheus") is None:
        print("no prometheus on the PATH (Debian: prometheus)", file=sys.stderr)
        return 2
    chosen = [one for one in PROVOCATIONS if not names or one.__name__ in names]
    with tempfile.TemporaryDirectory() as name, ExitStack() as everything:
        fleet = everything.enter_context(WatchedFleet(Path(name)))
        watching = everything.enter_context(prometheus(Path(name), *fleet.targets, instead=INSTEAD))
        stage = Stage(fleet, watching)
        for provoke in chosen:
            _console.print(f"{provoke.__name__}: {provoke.__doc__}")
            provoke(stage)
    print("| alert | provoked by | seen after |\n| --- | --- | ---: |")
    for alert in alerts():
        how, after_s = stage.seen.get(alert, ("", None))
        print(f"| {alert} | {how} | {'' if after_s is None else f'{after_s:.0f} s'} |")
    missing = alerts().keys() - stage.seen.keys() - OF_THE_CLUSTER
    for lack in [*(f"not seen: {one}" for one in sorted(missing)), *(f"no answer: {one}" for one in stage.unanswered)]:
        _console.print(lack, markup=False)
    return bool(missing or stage.unanswered)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
