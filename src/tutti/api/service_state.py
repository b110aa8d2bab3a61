"""The metrics that are found out when Prometheus asks: the same at every replica of the service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from tutti.api.context import Context
from tutti.api.health import circuits
from tutti.execution.broker import Broker
from tutti.execution.queues import CELERY, EMBEDDED
from tutti.jobs.backlog import Backlog, backlogs, checkpoint_ages
from tutti.jobs.database import Database
from tutti.jobs.states import ACTIVE, State
from tutti.jobs.store_state import Connections, connections

Families = dict[str, GaugeMetricFamily]


def state_metrics() -> Families:
    """The metrics of the service's state by their names, without values."""
    families = [
        GaugeMetricFamily("tutti_circuit_closed", "1 if calls pass, 0 if it is left alone.", labels=["dependency"]),
        GaugeMetricFamily("tutti_store_up", "1 if the job store answered."),
        GaugeMetricFamily("tutti_store_connections", "Connections that PostgreSQL has open, of all its clients."),
        GaugeMetricFamily("tutti_store_connections_limit", "Connections that PostgreSQL may have open."),
        GaugeMetricFamily(
            "tutti_jobs",
            "Jobs that wait or run, 0 where none does: what scales workers needs a number.",
            labels=["queue", "state"],
        ),
        GaugeMetricFamily(
            "tutti_unsent_jobs", "Waiting jobs that the broker is still to be told of.", labels=["queue"]
        ),
        GaugeMetricFamily(
            "tutti_oldest_job_seconds", "Age of the job that was submitted first.", labels=["queue", "state"]
        ),
        GaugeMetricFamily(
            "tutti_checkpoint_age_seconds", "Age of the oldest checkpoint of a job that runs.", labels=["queue"]
        ),
        GaugeMetricFamily("tutti_broker_up", "1 if the broker answered."),
        GaugeMetricFamily("tutti_broker_memory_bytes", "Memory that Redis uses."),
        GaugeMetricFamily("tutti_broker_memory_limit_bytes", "Redis' maxmemory; not there without one."),
    ]
    return {family.name: family for family in families}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the job store tells. checkpoint_ages: by queue; connections: None if it has none that are counted."""

    backlogs: Sequence[Backlog]
    checkpoint_ages: Mapping[str, float]
    connections: Connections | None

    @classmethod
    def read(cls, database: Database) -> Self:
        """Ask it."""
        with database.reading() as session:
            return cls(backlogs(session), checkpoint_ages(session), connections(session))


class ServiceState(Collector):
    """Asks the broker. What is away leaves its metrics out, and its `up` is 0. stored: None if the store is."""

    def __init__(self, context: Context, stored: Stored | None) -> None:
        self._context = context
        self._stored = stored

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Circuits, the jobs that wait or run, and how full the stores are."""
        families = state_metrics()
        broker = self._context.broker
        for circuit in circuits(self._context):
            families["tutti_circuit_closed"].add_metric([circuit.name], circuit.state == "closed")
        families["tutti_store_up"].add_metric([], self._stored is not None)
        if self._stored is not None:
            self._tell(self._stored, families)
        if broker is not None:
            families["tutti_broker_up"].add_metric([], _ask_broker(broker, families))
        return families.values()

    def _tell(self, stored: Stored, families: Families) -> None:
        served = [EMBEDDED] if self._context.broker is None else CELERY
        jobs = {(queue, str(state)): 0 for queue in served for state in ACTIVE}
        jobs |= {(backlog.queue, backlog.state): backlog.jobs for backlog in stored.backlogs}
        for labels, count in jobs.items():
            families["tutti_jobs"].add_metric(labels, count)
        for backlog in stored.backlogs:
            families["tutti_oldest_job_seconds"].add_metric([backlog.queue, backlog.state], backlog.oldest_s)
        if self._context.broker is not None:
            waiting = {backlog.queue: backlog.unsent for backlog in stored.backlogs if backlog.state == State.QUEUED}
            for queue in CELERY:
                families["tutti_unsent_jobs"].add_metric([queue], waiting.get(queue, 0))
        for queue, age_s in stored.checkpoint_ages.items():
            families["tutti_checkpoint_age_seconds"].add_metric([queue], age_s)
        if stored.connections is not None:
            families["tutti_store_connections"].add_metric([], stored.connections.open)
            families["tutti_store_connections_limit"].add_metric([], stored.connections.most)


def _ask_broker(broker: Broker, families: Families) -> bool:
    """Whether it answered."""
    try:
        state = broker.state()
    except RedisError:
        return False
    families["tutti_broker_memory_bytes"].add_metric([], state.memory_bytes)
    if state.max_memory_bytes:
        families["tutti_broker_memory_limit_bytes"].add_metric([], state.max_memory_bytes)
    return True
