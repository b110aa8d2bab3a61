"""What happens to Redis and PostgreSQL."""

import signal
import time
from random import Random

from tests.chaos.faults.fault import Blow, Fault, busy_worker
from tests.chaos.fleet import Fleet
from tests.chaos.processes import signal_all
from tests.processes import descendants

_PAUSE_S = 10.0


def _empty_redis(fleet: Fleet, rng: Random) -> Blow:
    busy_worker(fleet, rng)
    fleet.kill_redis()
    time.sleep(rng.uniform(0, 3))
    fleet.start_redis()
    return Blow(time.time())


def _restart_postgres(fleet: Fleet, rng: Random) -> Blow:
    busy_worker(fleet, rng)
    fleet.postgres.stop()
    time.sleep(rng.uniform(0, 3))
    fleet.postgres.start()
    return Blow(time.time())


def _pause_postgres(fleet: Fleet, rng: Random) -> Blow:
    busy_worker(fleet, rng)
    processes = descendants(fleet.postgres.pid)
    signal_all(processes, signal.SIGSTOP)
    try:
        time.sleep(_PAUSE_S)
    finally:  # it could not even be stopped
        signal_all(processes, signal.SIGCONT)
    return Blow(time.time())


SERVERS = (
    Fault("Redis killed, and started again empty", _empty_redis),
    Fault("PostgreSQL crashed, and started again", _restart_postgres),
    Fault("PostgreSQL paused for 10 s", _pause_postgres),
)
