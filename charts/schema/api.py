"""Values of the API."""

from typing import Annotated, Literal

from pydantic import Field

from charts.schema.parts import Amount, Component, Count, Name, Objects, Part, Port, Resources, Texts

Host = Annotated[str, Field(pattern=r"^((\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)?$")]
Path = Annotated[str, Field(pattern="^/")]


class Service(Part):
    """The API's Service."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = "ClusterIP"
    """Its type."""
    port: Port = 8000
    """Its port."""
    node_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    """The port on each node, if the type is NodePort; 0: a free one."""
    annotations: Texts = {}
    """Its annotations."""


class IngressPath(Part):
    """A path of a host."""

    path: Path | None = None
    """Paths that match this go to the API; / if it is not set."""
    path_type: Literal["Prefix", "Exact", "ImplementationSpecific"] | None = None
    """How they match; Prefix if it is not set."""


class IngressHost(Part):
    """A name by which the API is reached."""

    host: Annotated[Host, Field(min_length=1)]
    """The name."""
    paths: list[IngressPath] = []
    """Its paths; without any those that begin with /."""


class IngressTls(Part):
    """A certificate."""

    secret_name: str = ""
    """The Secret that it is in; empty: the controller's own certificate."""
    hosts: list[Host] = []
    """The names that it is for."""


class Ingress(Part):
    """An Ingress for the API."""

    enabled: bool = False
    """Make one."""
    class_name: Name = ""
    """Its IngressClass; empty: the cluster's default."""
    host: Host = ""
    """Name by which the API is reached; there must be one, here or in `hosts`."""
    path: Path = "/"
    """Paths that begin with this go to the API, as they are: it knows no prefix."""
    tls_secret: Name = ""
    """Secret with the certificate of `host`; empty: none for it."""
    hosts: list[IngressHost] = []
    """More names, each as `host` and, if not all go to the API, `paths` of `path` and `pathType`."""
    tls: list[IngressTls] = []
    """Their certificates, each as `secretName` and `hosts`."""
    annotations: Texts = {}
    """Its annotations."""


class HttpRoute(Part):
    """A route of the Gateway API for the API."""

    enabled: bool = False
    """Make one."""
    parent_refs: Objects = []
    """Gateways that it belongs to; there must be one."""
    hostnames: list[str] = []
    """Names by which the API is reached."""
    annotations: Texts = {}
    """Its annotations."""


class DisruptionBudget(Part):
    """A PodDisruptionBudget for the API; it never holds up a drain."""

    enabled: bool = False
    """Take away one pod at a time only."""


class Api(Component):
    """The HTTP API."""

    replicas: Count = 1
    """Pods of it."""
    pre_stop_seconds: Amount = 5
    """Time in which a pod that is to end still answers, until everyone has heard that it will."""
    shutdown_seconds: Count = 5
    """Time that open connections get after that."""
    users_secret: Name = ""
    """Secret with the password of each user under the user's name; empty: whoever reaches the API may use it."""
    service: Service = Service()
    """Its Service."""
    ingress: Ingress = Ingress()
    """An Ingress."""
    http_route: HttpRoute = HttpRoute()
    """A route of the Gateway API."""
    disruption_budget: DisruptionBudget = DisruptionBudget()
    """A PodDisruptionBudget."""
    resources: Resources = Resources(requests={"cpu": "100m", "memory": "256Mi"}, limits={"memory": "1Gi"})
    """Requests and limits of its container."""
