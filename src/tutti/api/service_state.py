"""The metrics that are found out when Prometheus asks: the same at every replica of the service."""

from collections.abc import Iterable

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from tutti.api.context import Context
from tutti.api.health import circuits
from tutti.execution.broker import Broker
from tutti.execution.queues import CELERY, EMBEDDED
from tutti.jobs.backlog import backlogs, checkpoint_ages
from tutti.jobs.states import ACTIVE, State
from tutti.jobs.store_state import connections

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


class ServiceState(Collector):
    """Asks job store and broker. What is away leaves its metrics out, and its `up` is 0."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Circuits, the jobs that wait or run, and how full the stores are."""
        families = state_metrics()
        broker = self._context.broker
        for circuit in circuits(self._context):
            families["tutti_circuit_closed"].add_metric([circuit.name], circuit.state == "closed")
        families["tutti_store_up"].add_metric([], self._ask_store(families))
        if broker is not None:
            families["tutti_broker_up"].add_metric([], _ask_broker(broker, families))
        return families.values()

    def _ask_store(self, families: Families) -> bool:
        """Whether it answered."""
        try:
            with self._context.database.reading() as session:
                found, ages, pool = backlogs(session), checkpoint_ages(session), connections(session)
        except SQLAlchemyError:
            return False
        served = [EMBEDDED] if self._context.broker is None else CELERY
        jobs = {(queue, str(state)): 0 for queue in served for state in ACTIVE}
        jobs |= {(backlog.queue, backlog.state): backlog.jobs for backlog in found}
        for labels, count in jobs.items():
            families["tutti_jobs"].add_metric(labels, count)
        for backlog in found:
            families["tutti_oldest_job_seconds"].add_metric([backlog.queue, backlog.state], backlog.oldest_s)
        if self._context.broker is not None:
            waiting = {backlog.queue: backlog.unsent for backlog in found if backlog.state == State.QUEUED}
            for queue in CELERY:
                families["tutti_unsent_jobs"].add_metric([queue], waiting.get(queue, 0))
        for queue, age_s in ages.items():
            families["tutti_checkpoint_age_seconds"].add_metric([queue], age_s)
        if pool is not None:
            families["tutti_store_connections"].add_metric([], pool.open)
            families["tutti_store_connections_limit"].add_metric([], pool.most)
        return True


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
