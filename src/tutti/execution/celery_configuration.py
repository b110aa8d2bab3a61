"""How Celery is set up: Redis, JSON only, one job at a time a process."""

from typing import Any

from celery import Celery

from tutti.execution.demoted import hang_up_on_the_demoted
from tutti.execution.queues import DEFAULT, LARGE, SMALL
from tutti.settings import Settings

TASK = "tasks.optimize_task"
_LAST_RESORT_S = 300
_PROCESS_START_S = 60
_RESULT_EXPIRES_S = 3600  # a plan of 1000 routes takes 1.2 MiB there; the job store has it for as long as the job


def configuration(settings: Settings) -> dict[str, Any]:
    """Celery's settings.

    A message that is not acknowledged comes again after the visibility timeout, so that is longer than any task; jobs
    of dead workers do not wait for it, their leases run out within seconds.
    """
    visibility = {"visibility_timeout": settings.hard_limit_s + 2 * _LAST_RESORT_S}
    return {
        "broker_url": settings.redis_url,
        "result_backend": settings.redis_url,
        "task_serializer": "json",
        "result_serializer": "json",
        "accept_content": ["json"],
        "timezone": "UTC",
        "enable_utc": True,
        "imports": ["tutti.execution.tasks", "tutti.execution.worker"],
        "task_default_queue": DEFAULT,
        "task_track_started": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,  # the job's lease runs out, and the job is announced again
        "task_time_limit": settings.hard_limit_s + _LAST_RESORT_S,  # the runner ends a job itself before that
        "task_publish_retry": False,  # the outbox tries again
        "result_expires": _RESULT_EXPIRES_S,
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,  # a message is taken when there is a slot for it
        "worker_enable_prefetch_count_reduction": False,  # or one too many is, after a connection was lost
        "worker_proc_alive_timeout": _PROCESS_START_S,  # a process that gets no CPU is slow to start, not dead
        "worker_concurrency": settings.worker_concurrency,
        "worker_cancel_long_running_tasks_on_connection_loss": False,  # they go on: the broker is not the truth
        "worker_send_task_events": True,
        "broker_connection_retry_on_startup": True,
        "broker_channel_error_retry": True,  # also while it answers and takes nothing
        "worker_consumer": "tutti.execution.consumer:PatientConsumer",
        "broker_connection_max_retries": None,  # a worker waits for its broker, however long that takes
        "broker_connection_timeout": settings.broker_timeout_s,
        "broker_transport_options": visibility,
        "result_backend_transport_options": {**visibility, "retry_policy": {"max_retries": 1}},  # by a new connection
        "redis_socket_timeout": settings.broker_timeout_s,
        "redis_socket_connect_timeout": settings.broker_timeout_s,
    }


WORKER_QUEUES = (SMALL, LARGE, DEFAULT)


def make_app(settings: Settings, **changes: object) -> Celery:
    """A Celery application of these settings."""
    hang_up_on_the_demoted()
    made = Celery("tutti", set_as_current=False)
    made.config_from_object(configuration(settings) | changes)
    return made
