"""What one writes without Tutti: one Celery task that solves, acknowledged late and delivered again after a minute."""

import os
from typing import Any

from celery import Celery

from tutti.fleet.document import plan_document
from tutti.fleet.reading import read_day
from tutti.optimizer import solve, time_limit

VISIBILITY_S = 60

app = Celery("bare", broker=os.environ.get("BARE_REDIS"), backend=os.environ.get("BARE_REDIS"))
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_track_started=True,
    worker_prefetch_multiplier=1,
    broker_transport_options={"visibility_timeout": VISIBILITY_S},
    broker_connection_retry_on_startup=True,
)


@app.task
def solve_day(content: dict[str, Any]) -> dict[str, Any]:
    """The plan of a day."""
    day = read_day(content)
    result = solve(day.problem(), stop=time_limit(day.options.time_limit_s or 60), seed=day.options.seed)
    return plan_document(day, result.plan, result.certificate)
