"""The broker: that it answers, that it drops nothing and keeps what it was told, and its clock."""

from collections.abc import Iterator
from contextlib import closing

from redis.exceptions import RedisError

from tutti.cli.doctor.check import Check, care, fine, skew, wrong
from tutti.cli.doctor.server import advice_on
from tutti.execution.broker import Broker
from tutti.execution.broker_state import BrokerState
from tutti.settings import Settings

_PLACE = "broker"
_FULL = 0.8
_MIB = 2**20
_REFUSES = "see whether it is the first one of its replicas, has those that it must have, and room on its disk"
_ROOM = "raise maxmemory, or see what else is kept there"


def examine_broker(settings: Settings) -> Iterator[Check]:
    """Ask it; one that does not answer is told in one check."""
    if not settings.uses_celery:
        yield fine(_PLACE, "none is used: the service runs its jobs itself")
        return
    try:
        with closing(Broker(settings)) as broker:
            state, refusal = broker.state(), broker.refusal()
    except (RedisError, ValueError) as error:
        yield wrong(_PLACE, f"can't be used: {error}", advice_on(str(error), "TUTTI_BROKER"))
        return
    yield fine(_PLACE, f"Redis {state.version} answers")
    if state.clock is not None:
        yield skew(_PLACE, state.clock)
    if refusal and not state.is_full:  # which is told below
        yield wrong(_PLACE, f"it takes no messages: {refusal}", _REFUSES)
    yield from _keeping(state)
    yield _room(state)


def _keeping(state: BrokerState) -> Iterator[Check]:
    if state.policy in ("noeviction", ""):
        yield fine(_PLACE, "it drops nothing when it is full (maxmemory-policy noeviction)")
    else:
        told = f"its maxmemory-policy is {state.policy}: when it is full it drops messages, and jobs are late"
        yield wrong(_PLACE, told, "set maxmemory-policy noeviction")
    if state.append_only:
        yield fine(_PLACE, "what it was told outlives a restart (appendonly yes)")
    else:
        told = "what it was told is gone when it restarts: jobs are announced again, but later"
        yield care(_PLACE, told, "set appendonly yes")


def _room(state: BrokerState) -> Check:
    used = f"{state.memory_bytes / _MIB:.0f} MiB are used"
    if not state.max_memory_bytes:
        told = f"{used}, and it has no limit of its own: it may grow until the system kills it"
        return care(_PLACE, told, "set maxmemory below the memory that it has")
    told = f"{used}, of {state.max_memory_bytes / _MIB:.0f} MiB (maxmemory)"
    if state.is_full:
        return wrong(_PLACE, f"{told}: it is full and takes no more, so workers get no job", _ROOM)
    if state.memory_bytes < _FULL * state.max_memory_bytes:
        return fine(_PLACE, told)
    return care(_PLACE, told, _ROOM)
