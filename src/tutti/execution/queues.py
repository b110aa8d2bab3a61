"""The queues that jobs wait in, by who takes them and by size."""

from tutti.settings import Settings

EMBEDDED = "embedded"  # taken by the service's own slots
SMALL = "small"
LARGE = "large"
DEFAULT = "celery"  # where clients of the broker send tasks without naming a queue; no job of the store waits in it
CELERY = (SMALL, LARGE)


def queue_for(route_count: int, settings: Settings) -> str:
    """The queue of the Celery workers for a job of this size."""
    return SMALL if route_count <= settings.small_job_routes else LARGE
