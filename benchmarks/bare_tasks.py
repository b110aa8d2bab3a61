"""A bare Celery application: its task solves what it is given and returns the result; nothing is kept anywhere else."""

import os
from typing import Any

from celery import Celery

from tutti.execution.celery_configuration import configuration
from tutti.fleet.document import plan_document
from tutti.fleet.reading import read_day
from tutti.fleet.schedule import schedule_of
from tutti.optimizer import solve
from tutti.settings import Settings

app = Celery("bare", set_as_current=False)
app.config_from_object(configuration(Settings(broker_url=os.environ["TUTTI_BROKER_URL"])) | {"imports": []})


@app.task(name="bare.plan")
def plan(routes: list[dict[str, Any]]) -> dict[str, Any]:
    """Plan the routes, in the worker's own process."""
    day = read_day(routes)
    result = solve(day.problem())
    return schedule_of(day, plan_document(day, result.plan, result.certificate))
