"""The values as a whole."""

from typing import Annotated, Any, Literal

from pydantic import Field

from charts.schema.api import Api
from charts.schema.monitoring import Logs, Monitoring, Tracing
from charts.schema.parts import (
    Amount,
    Cidr,
    Component,
    Count,
    DnsName,
    Image,
    Objects,
    Part,
    PodOptions,
    Port,
    Resources,
    Secret,
    Text,
    Texts,
)
from charts.schema.settings import SettingsByVariable
from charts.schema.stores import Flower, Postgresql, Redis
from charts.schema.workers import Jobs, WorkerDefaults, WorkerGroup, default_groups

Prefix = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$")]


class Migrations(Component):
    """The Job that brings the tables of the job store up to date, once a revision."""

    wait_seconds: Count = 600
    """Time that it waits for PostgreSQL, and other pods for it."""
    resources: Resources = Resources(requests={"cpu": "50m", "memory": "128Mi"}, limits={"memory": "256Mi"})
    """Requests and limits of its container, of those that wait, and of the one that `helm test` runs."""


class Keda(Part):
    """What KEDA needs to know."""

    user: Text = "tutti_demand"
    """Role of PostgreSQL that KEDA logs in as."""
    make_role: bool = True
    """Make this role, with the migrations; false: it is there, and may read queue_demand."""
    namespace: DnsName = "keda"
    """Namespace that KEDA runs in; its pods may reach the store that it asks."""
    existing_secret: Secret = Secret()
    """Password of the role that may read how many jobs there are, and nothing else."""


class Hpa(Part):
    """What Kubernetes' own scaler goes by."""

    cpu_percent: Count = 75
    """Use of the CPU that is asked for, in percent, that it aims at; jobs that wait are not seen by it."""
    external_metric: str = ""
    """Name of an external metric of your cluster by which it scales instead: jobs, with the label `queue`."""


class IdleFirst(Part):
    """Which pods go first when there are too many."""

    enabled: bool = False
    """Have workers write on their pods that they are busy, so that idle ones go first. They get a token for that."""
    guard: bool = True
    """Let it change this annotation of its own pod only, by a ValidatingAdmissionPolicy (an object of the cluster)."""


class Autoscaling(Part):
    """What scales the groups of workers."""

    mode: Literal["none", "keda", "hpa"] = "none"
    """`none`: nothing; `keda`: KEDA, which must be installed; `hpa`: Kubernetes' own, by CPU or an external metric."""
    source: Literal["jobs", "redis-list"] = "jobs"
    """What KEDA counts: `jobs` that wait and run, by PostgreSQL; `redis-list`: messages that wait, by Redis."""
    max_slots: Amount = 0
    """Most jobs that all groups together may come to run at once; 0: what their maxReplicas come to."""
    polling_seconds: Count = 5
    """Time between two looks at the jobs of a group that may have no pod; the others Kubernetes looks at by itself."""
    cooldown_seconds: Count = 60
    """Time without any job after which the last pod of a group that may have none goes."""
    scale_down_seconds: Amount = 120
    """Time for which fewer jobs must have been enough before pods go."""
    keda: Keda = Keda()
    """Where KEDA is, and how it logs in."""
    hpa: Hpa = Hpa()
    """What the mode hpa goes by."""
    idle_first: IdleFirst = IdleFirst()
    """Have idle pods go first."""


class NetworkPolicy(Part):
    """Who may talk to whom. Where the cluster's network enforces it."""

    enabled: bool = True
    """Let nothing in or out of the release's pods but what they need."""
    api_from: Objects = []
    """Peers (as in a NetworkPolicy) that may call the API; empty: all."""
    flower_from: Objects = []
    """Peers that may call Flower; empty: none. A port-forward needs no permission."""
    dns_ports: list[Port] = [53, 1053, 5353]
    """Ports that the pods of the cluster's DNS listen on."""
    external_cidrs: list[Cidr] = ["0.0.0.0/0", "::/0"]
    """Networks that an external PostgreSQL or Redis is in."""
    api_server_cidrs: list[Cidr] = ["0.0.0.0/0", "::/0"]
    """Networks that the cluster's API server is in, where workers call it (autoscaling.idleFirst)."""
    api_server_ports: list[Port] = [443, 6443]
    """Ports that it listens on."""


class ServiceAccounts(Part):
    """The ServiceAccounts, one a component."""

    annotations: dict[Literal["api", "worker", "migrations", "flower", "redis", "postgresql", "test"], Texts] = {}
    """Annotations by component: api, worker, migrations, flower, redis, postgresql, test."""


class Values(Part):
    """All that can be set."""

    name_override: Prefix = ""
    """Instead of the chart's name in names and labels."""
    fullname_override: Prefix = ""
    """Instead of the release's and the chart's name in names; more than 36 characters are cut, and made unique."""
    image: Image = Image(repository="tutti")
    """Tutti's image, for all of its pods; an empty tag is the chart's appVersion."""
    image_pull_secrets: Objects = []
    """Secrets for the registry, as `- name: ...`."""
    pod_defaults: PodOptions = PodOptions()
    """What all pods are given; a component's `pod` says otherwise for its own."""
    jobs: Jobs = Jobs()
    """How long jobs may take, and how soon a dead worker is noticed."""
    settings: SettingsByVariable = {}
    """Further settings by the names of their variables, such as TUTTI_MAX_ROUTES: 5000."""
    api: Api = Api()
    """The HTTP API."""
    workers: dict[DnsName, WorkerGroup | None] = Field(default_factory=default_groups)
    """Groups of workers by name, each a Deployment with what it does not set from workerDefaults; null: it is gone."""
    worker_defaults: WorkerDefaults = WorkerDefaults()
    """What all groups have if they don't say otherwise."""
    autoscaling: Autoscaling = Autoscaling()
    """What scales the groups of workers."""
    migrations: Migrations = Migrations()
    """The Job that brings the tables up to date."""
    flower: Flower = Flower()
    """Flower."""
    redis: Redis = Redis()
    """The broker."""
    postgresql: Postgresql = Postgresql()
    """The job store."""
    network_policy: NetworkPolicy = NetworkPolicy()
    """Who may talk to whom."""
    logs: Logs = Logs()
    """What Tutti's pods log."""
    tracing: Tracing = Tracing()
    """Spans of each job's way."""
    monitoring: Monitoring = Monitoring()
    """What watches the service."""
    service_accounts: ServiceAccounts = ServiceAccounts()
    """The ServiceAccounts."""
    global_: dict[str, Any] = Field(default={}, alias="global")
    """Not used; there for charts that have this one as a part."""
