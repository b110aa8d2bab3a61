"""What happens on the way between processes: connections break, messages come twice and out of order."""

import json
import time
from random import Random

from tests.chaos.faults.fault import Blow, Fault, busy_worker
from tests.chaos.fleet import Fleet
from tutti.execution.broker import keys
from tutti.execution.queues import CELERY

_RESETS = 5


def _reset_connections(fleet: Fleet, rng: Random) -> Blow:
    busy_worker(fleet, rng)
    moment = time.time()
    for _ in range(_RESETS):
        for proxy in fleet.proxies:
            proxy.reset()
        time.sleep(rng.uniform(0, 1))
    return Blow(moment)


def _shuffle_messages(fleet: Fleet, rng: Random) -> Blow:
    """Each message that waits is there twice afterwards, in any order, and each that a worker has comes once more."""
    busy_worker(fleet, rng)
    moment = time.time()
    with fleet.broker as broker:
        taken = [json.loads(entry) for entry in broker.hvals("unacked")]
        for queue in CELERY:
            for key in keys(queue):
                messages = 2 * (broker.lpop(key, 1000) or [])
                messages += [json.dumps(message) for message, _, routed in taken if routed == queue]
                rng.shuffle(messages)
                if messages:
                    broker.lpush(key, *messages)
    return Blow(moment)


MESSAGES = (
    Fault("connections to both servers reset", _reset_connections),
    Fault("messages duplicated and reordered", _shuffle_messages),
)
