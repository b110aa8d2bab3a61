"""Values of the jobs and of the workers that run them."""

from typing import Annotated, Any, Literal

from pydantic import Field

from charts.schema.parts import Amount, Component, Count, Part, PodOptions, Resources, Seconds

Cores = Annotated[int, Field(ge=1, le=64)]
Queue = Literal["small", "large", "celery"]


class Jobs(Part):
    """How long jobs may take, and how soon a dead worker is noticed. All in seconds."""

    hard_limit_seconds: Count = 3600
    """Time after which a job is killed, whatever it does; the other limits follow from it."""
    soft_limit_seconds: Annotated[int, Field(ge=1)] | None = None
    """Solving time after which a job ends with its best plan; a minute less than the hard limit if not set."""
    stop_grace_seconds: Seconds = 2
    """Time that a solver gets to stop in order."""
    lease_seconds: Seconds = 3.5
    """A job without a sign of life for this time is given to another worker."""
    heartbeat_seconds: Seconds = 1
    """Time between two signs of life."""
    checkpoint_seconds: Seconds = 5
    """Least time between two checkpoints of a job's best plan."""
    max_attempts: Count = 3
    """Attempts after which a job that kills its worker is given up."""
    small_routes: Count = 300
    """Jobs of up to so many routes go into the queue small, larger ones into large."""


class WorkerGroup(Part):
    """A Deployment of workers. What is not set here is taken from workerDefaults."""

    queues: Annotated[list[Queue], Field(min_length=1, json_schema_extra={"uniqueItems": True})] | None = None
    """Queues that it serves, each by no other group; in celery is what clients of the broker send past the API."""
    concurrency: Count | None = None
    """Jobs that one pod runs at once."""
    cores: Cores | None = None
    """Cores that each of these jobs may use, by as many processes that solve it together."""
    replicas: Amount | None = None
    """Pods, where nothing scales them."""
    min_replicas: Amount | None = None
    """Fewest pods, where something scales them."""
    max_replicas: Count | None = None
    """Most pods, where something scales them."""
    termination_grace_period_seconds: Count | None = None
    """Time that a pod gets to hand its jobs over."""
    lost_node_seconds: Amount | None = None
    """Time after which the pods of a node that is out of reach are made elsewhere."""
    resources: Resources | None = None
    """Requests and limits of its container."""
    pod: PodOptions | None = None
    """What its pods are given beyond podDefaults, by the same names."""


class WorkerDefaults(Component):
    """What all groups of workers have if they don't say otherwise."""

    queues: Annotated[list[Queue], Field(json_schema_extra={"uniqueItems": True})] = []
    """Queues that a group serves."""
    concurrency: Count = 2
    """Jobs that one pod runs at once."""
    cores: Cores = 1
    """Cores that each of these jobs may use, by as many processes that solve it together; ask for that CPU."""
    replicas: Amount = 1
    """Pods, where nothing scales them."""
    min_replicas: Amount = 0
    """Fewest pods, where something scales them."""
    max_replicas: Count = 10
    """Most pods, where something scales them."""
    termination_grace_period_seconds: Count = 30
    """Time that a pod gets to hand its jobs over."""
    lost_node_seconds: Amount = 30
    """Time after which the pods of a node that is out of reach are made elsewhere; Kubernetes waits 300 s."""
    resources: Resources = Resources(requests={"cpu": "1", "memory": "1Gi"}, limits={"memory": "2Gi"})
    """Requests and limits of its container."""


def default_groups() -> dict[str, Any]:
    """The groups of values.yaml, by what they set."""
    large = Resources(requests={"cpu": "1", "memory": "2Gi"}, limits={"memory": "4Gi"})
    return {
        "small": WorkerGroup(queues=["small", "celery"], min_replicas=1),
        "large": WorkerGroup(queues=["large"], concurrency=1, resources=large),
    }
