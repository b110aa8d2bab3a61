"""SIGSTOP for longer than a lease, then SIGCONT: the zombie that comes back and wants to write."""

import signal
import time
from random import Random

from tests.chaos.faults.fault import Blow, Fault, busy_worker
from tests.chaos.fleet import Fleet
from tests.chaos.processes import signal_all
from tutti.settings import Settings

_PAUSE_S = Settings().lease_s + 3


def _pause_worker(fleet: Fleet, rng: Random) -> Blow:
    worker, job = busy_worker(fleet, rng)
    moment = time.time()
    worker.freeze()
    time.sleep(_PAUSE_S)
    worker.thaw()
    return Blow(moment, (job,))


def _pause_holder(fleet: Fleet, rng: Random) -> Blow:
    """Its solver goes on, and may have an answer that must not count any more."""
    _, job = busy_worker(fleet, rng)
    moment = time.time()
    signal_all([job.holder_pid], signal.SIGSTOP)
    time.sleep(_PAUSE_S)
    signal_all([job.holder_pid], signal.SIGCONT)
    return Blow(moment, (job,))


PAUSES = (
    Fault("worker paused for longer than its lease", _pause_worker),
    Fault("holder of a job paused, its solver not", _pause_holder),
)
