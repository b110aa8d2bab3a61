"""SIGKILL and SIGTERM."""

import signal
import time
from random import Random

from tests.chaos.faults.fault import Blow, Fault, busy_worker
from tests.chaos.fleet import Fleet
from tests.chaos.processes import signal_all

_TERMINATION_S = 30.0  # what Kubernetes allows before it kills


def kill_worker(fleet: Fleet, rng: Random) -> Blow:
    """As the end of its machine, or of its pod's memory, does."""
    worker, job = busy_worker(fleet, rng)
    moment = time.time()
    worker.kill()
    fleet.replace(worker)
    return Blow(moment, (job,))


def _kill_first_process(fleet: Fleet, rng: Random) -> Blow:
    worker, job = busy_worker(fleet, rng)
    moment = time.time()
    worker.signal(signal.SIGKILL)
    fleet.replace(worker)
    return Blow(moment, (job,))


def _kill_holder(fleet: Fleet, rng: Random) -> Blow:
    _, job = busy_worker(fleet, rng)
    moment = time.time()
    signal_all([job.holder_pid], signal.SIGKILL)
    return Blow(moment, (job,))


def _kill_solver(fleet: Fleet, rng: Random) -> Blow:
    worker, job = busy_worker(fleet, rng)
    moment = time.time()
    signal_all(worker.solvers(), signal.SIGKILL)
    return Blow(moment, (job,))


def _end_worker(fleet: Fleet, rng: Random) -> Blow:
    worker, job = busy_worker(fleet, rng)
    moment = time.time()
    worker.signal(signal.SIGTERM)
    assert worker.wait(_TERMINATION_S) == 0
    fleet.replace(worker)
    return Blow(moment, (job,))


def _kill_api(fleet: Fleet, rng: Random) -> Blow:
    api = rng.choice(fleet.apis)
    moment = time.time()
    api.kill()
    fleet.replace(api)
    return Blow(moment)


KILLS = (
    Fault("SIGKILL of all processes of a worker", kill_worker),
    Fault("SIGKILL of a worker's first process", _kill_first_process),
    Fault("SIGKILL of the process that holds a job", _kill_holder),
    Fault("SIGKILL of a solver process", _kill_solver),
    Fault("SIGTERM of a worker", _end_worker),
    Fault("SIGKILL of an API", _kill_api),
)
