"""Values of PostgreSQL, Redis and Flower."""

from typing import Annotated

from pydantic import Field

from charts.schema.parts import Amount, Component, Image, Part, Persistence, Port, Resources, Secret, Text, Texts

_IPV6 = "[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*"
Host = Annotated[str, Field(pattern=f"^([A-Za-z0-9._-]*|{_IPV6})$")]
Hosts = Annotated[str, Field(pattern=f"^([A-Za-z0-9._,-]*|{_IPV6})$")]  # libpq takes several, with commas between them


class ExternalPostgresql(Part):
    """A PostgreSQL of your own."""

    host: Hosts = ""
    """Name or address of its server, without a port."""
    port: Port = 5432
    """Its port."""
    options: Texts = {}
    """Options of the connection, as libpq has them, such as sslmode: verify-full."""


class Postgresql(Component):
    """The job store."""

    enabled: bool = True
    """Run a PostgreSQL with the release; false: use an external one."""
    image: Image = Image(repository="postgres", tag="17-trixie")
    """Its image: the official one, or one that takes the same variables."""
    user: Text = "tutti"
    """Role that Tutti logs in as; it owns the tables."""
    database: Text = "tutti"
    """Name of the database."""
    existing_secret: Secret = Secret()
    """The role's password."""
    parameters: dict[str, str | int | float] = {
        "max_connections": 200,
        "shared_buffers": "128MB",
        "effective_cache_size": "384MB",
    }
    """Parameters of the server."""
    persistence: Persistence = Persistence(size="10Gi")
    """Its volume."""
    resources: Resources = Resources(requests={"cpu": "100m", "memory": "256Mi"}, limits={"memory": "1Gi"})
    """Requests and limits of its container."""
    external: ExternalPostgresql = ExternalPostgresql()
    """The external one, if enabled is false; existingSecret must name its password."""


class ExternalRedis(Part):
    """A Redis of your own. It must never drop keys: maxmemory-policy noeviction."""

    host: Host = ""
    """Name or address of its server, without a port."""
    port: Port = 6379
    """Its port."""
    user: str = ""
    """User to log in as; empty: the default one."""
    database: Amount = 0
    """Number of its database."""
    tls: bool = False
    """Connect by TLS."""
    ca_file: Annotated[str, Field(pattern="^(/.*)?$")] = ""
    """File in the pods, by podDefaults.extraVolumes, with its certificate's CA; empty: those that the image trusts."""


class Redis(Component):
    """The broker."""

    enabled: bool = True
    """Run a Redis with the release; false: use an external one."""
    image: Image = Image(repository="redis", tag="8-trixie")
    """Its image: the official one, or one that takes the same arguments."""
    existing_secret: Secret = Secret()
    """Its password."""
    max_memory: Annotated[str, Field(pattern="^[1-9][0-9]*(kb|mb|gb)?$")] = "384mb"
    """Memory for data; when it is full, jobs wait in PostgreSQL. Less than the container's limit."""
    persistence: Persistence = Persistence(size="1Gi")
    """Its volume."""
    resources: Resources = Resources(requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "512Mi"})
    """Requests and limits of its container."""
    external: ExternalRedis = ExternalRedis()
    """The external one, if enabled is false; existingSecret must name its password."""


class Flower(Component):
    """Flower: workers, tasks and queues in a browser, inside the cluster only."""

    enabled: bool = True
    """Run it."""
    user: Text = "tutti"
    """Name that it asks for."""
    existing_secret: Secret = Secret()
    """Password that it asks for."""
    persistence: Persistence = Persistence(enabled=False, size="1Gi")
    """A volume for what it has seen, so that it knows earlier tasks after a restart."""
    resources: Resources = Resources(requests={"cpu": "20m", "memory": "128Mi"}, limits={"memory": "256Mi"})
    """Requests and limits of its container."""
