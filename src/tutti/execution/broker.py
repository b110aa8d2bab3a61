"""The Redis broker as the service uses it: to tell workers of jobs, and everyone of news. It keeps nothing itself."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from threading import Event as Flag
from typing import Any

from kombu import Connection
from kombu.exceptions import OperationalError as BrokerAwayError
from kombu.transport.redis import Channel
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisAwayError
from redis.exceptions import NoPermissionError, RedisError, ResponseError
from redis.retry import Retry

from tutti.execution.broker_state import BrokerState
from tutti.execution.celery_configuration import TASK, make_app
from tutti.execution.demoted import DemotedError
from tutti.execution.trouble import Trouble
from tutti.jobs.circuit import Circuit
from tutti.jobs.outbox import Message, Rank
from tutti.settings import Settings

logger = logging.getLogger(__name__)

_CHANNEL = "job_progress:"
_LOOK_INTERVAL_S = 1.0
_PING_S = 0.3
_POLL_S = 0.05  # a connection that waits for answers is closed no sooner
_NO_LIST = "tutti-no-list"  # a key that is never there

_PRIORITIES = {Rank.RESUMED: 0, Rank.LATE: 3, Rank.NEW: 6}  # steps that Celery knows; workers take the lowest first


class Broker:
    """Answers, or fails within `settings.broker_timeout_s`; at once if it failed a few times just before.

    Failures are redis' RedisError and kombu's OperationalError.
    """

    def __init__(self, settings: Settings) -> None:
        quick = {"socket_timeout": settings.broker_timeout_s, "socket_connect_timeout": settings.broker_timeout_s}
        self._app = make_app(
            settings,
            broker_transport_options={**quick, "polling_interval": _POLL_S},
            result_backend="disabled",  # else each message would subscribe to its result, on a connection that stays
        )
        self._redis = Redis.from_url(settings.redis_url, **quick, retry=Retry(NoBackoff(), 0))
        self._trouble = Trouble(logger, "live progress")
        self.circuit = Circuit(
            "broker",
            (RedisError, BrokerAwayError, OSError),
            RedisAwayError,
            most_failures=settings.circuit_failures,
            pause_s=settings.circuit_pause_s,
        )

    @contextmanager
    def sending(self) -> Iterator[Callable[[Message], None]]:
        """A function that sends messages over one connection."""
        with self._connected() as connection, connection.Producer() as producer:

            def send(message: Message) -> None:
                with self.circuit.passing():
                    self._app.send_task(
                        TASK,
                        [None, message.job_id],
                        task_id=message.job_id,
                        queue=message.queue,
                        priority=_PRIORITIES[message.rank],
                        producer=producer,
                        retry=False,
                    )

            yield send

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            with self.circuit.passing():
                return bool(self._redis.ping())
        except RedisError:
            return False

    def takes_messages(self) -> bool:
        """Whether it can be told of a job now: it answers, and refuses nothing that takes memory."""
        try:
            return self.answers() and not self.refusal()
        except RedisError:
            return False

    def refusal(self) -> str:
        """What it says to what takes memory, if it refuses that; else nothing.

        That is tried by a push that comes to nothing, as who is full, without its replicas or without a disk answers a
        ping still.
        """
        try:
            self._redis.lpushx(_NO_LIST, "")
        except NoPermissionError:  # its roles may use the keys of queues only
            return ""
        except (ResponseError, DemotedError) as error:
            return str(error)
        return ""

    def state(self) -> BrokerState:
        """What Redis says of itself."""
        with self.circuit.passing():
            return BrokerState.of(self._redis.info())

    def is_full(self) -> bool:
        """Whether it takes no more; not if it may not be asked."""
        try:
            return self.state().is_full
        except NoPermissionError:
            return False

    def has_workers(self) -> bool:
        """Whether a worker answers within a third of a second.

        Of many that answer the first one counts. The answer of a slower one may be what the next call finds first: it
        is not for that call, which looks on.
        """
        give_up_at = time.monotonic() + _PING_S
        while (left_s := give_up_at - time.monotonic()) > 0:
            if self._ask("ping", timeout_s=left_s, most=1):
                return True
        return False

    def workers(self) -> dict[str, list[str]]:
        """The workers that answer within a third of a second, by name, each with the queues that it serves."""
        answers = {name: queues for reply in self._ask("active_queues") for name, queues in reply.items()}
        return {name: sorted(queue["name"] for queue in answers[name]) for name in sorted(answers)}

    def waiting(self, queue: str) -> int:
        """Messages in the queue that no worker has taken."""
        with self.circuit.passing():
            return sum(int(self._redis.llen(key)) for key in keys(queue))

    def publish(self, job_id: str, progress: Mapping[str, Any] | None) -> None:
        """Tell everyone that a job has changed; while the broker is away nobody is told."""
        try:
            with self.circuit.passing():
                self._redis.publish(f"{_CHANNEL}{job_id}", json.dumps(progress_message(job_id, progress)))
        except RedisError as error:
            self._trouble.is_met(str(error))
        else:
            self._trouble.is_over()

    def listen(self, announce: Callable[[str], None], closing_flag: Flag) -> None:
        """Call `announce` for every job that changes anywhere, until the flag is set; connects again when need be."""
        trouble = Trouble(logger, "news from other processes")
        while not closing_flag.is_set():
            try:
                with closing(self._redis.pubsub(ignore_subscribe_messages=True)) as subscription:  # type: ignore[no-untyped-call]
                    with self.circuit.passing():
                        subscription.psubscribe(f"{_CHANNEL}*")
                    trouble.is_over()
                    while not closing_flag.is_set():
                        message = subscription.get_message(timeout=_LOOK_INTERVAL_S)
                        if message is not None:
                            announce(message["channel"].decode().removeprefix(_CHANNEL))
            except RedisError as error:
                trouble.is_met(str(error))
                closing_flag.wait(_LOOK_INTERVAL_S)

    def close(self) -> None:
        """Give back all connections."""
        self._redis.close()
        self._app.close()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._app.connection_for_write() as connection:
            with self.circuit.passing():
                connection.ensure_connection(max_retries=1, interval_start=0)
            yield connection

    def _ask(self, question: str, *, timeout_s: float = _PING_S, most: int | None = None) -> list[dict[str, Any]]:
        """What workers answer. A connection by which another thread has asked may wait for that one's answers still."""
        control: Any = self._app.control  # its types lack the mailbox
        with self._connected() as connection, self.circuit.passing():
            answers = control.broadcast(question, reply=True, timeout=timeout_s, limit=most, connection=connection)
        control.mailbox.unclaimed.clear()  # what came too late, which would be kept for ever
        return answers or []


def keys(queue: str) -> tuple[str, ...]:
    """The lists in Redis that a queue consists of, the one that is served first first."""
    return tuple(f"{queue}{Channel.sep}{priority}" if priority else queue for priority in _PRIORITIES.values())


def progress_message(job_id: str, progress: Mapping[str, Any] | None) -> dict[str, Any]:
    """Progress as the kept contract has it: `progress` is the share of 100."""
    known = progress or {"phase": "started", "percent": 0}
    return {
        "job_id": job_id,
        "phase": known["phase"],
        "progress": known["percent"],
        "message": describe(known),
        "timestamp": datetime.now(UTC).isoformat(),
    }


def describe(progress: Mapping[str, Any]) -> str:
    """Progress in words."""
    if progress.get("buses") is None:
        return str(progress["phase"])
    bound = f", at least {progress['bound_buses']} are needed" if progress.get("bound_buses") is not None else ""
    return f"{progress['phase']}: {progress['buses']} buses{bound}"
