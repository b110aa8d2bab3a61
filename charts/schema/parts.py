"""What several components' values have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]
Amount = Annotated[int, Field(ge=0)]
_DECIMAL = r"^([0-9]*[1-9][0-9]*\.[0-9]+|[0-9]*\.[0-9]*[1-9][0-9]*)$"  # --set knows whole numbers; 0.5 is text to it
Seconds = Annotated[
    float,
    Field(gt=0),
    WithJsonSchema({"exclusiveMinimum": 0, "pattern": _DECIMAL, "type": ["number", "string"]}),
]
Port = Annotated[int, Field(ge=1, le=65_535)]
Quantity = Annotated[str, Field(pattern=r"^[0-9.]+([KMGTPE]i?|m)?$")]
DnsName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
Name = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$")]
SecretKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
Repository = Annotated[str, Field(pattern=r"^([^\s@/]+/)*[^\s@/:]+$")]
Tag = Annotated[str, Field(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$")]
Cidr = Annotated[str, Field(pattern=r"^[0-9A-Fa-f.:]+/[0-9]{1,3}$")]
Objects = list[dict[str, Any]]
Object = dict[str, Any]
Texts = dict[str, str]


class Part(BaseModel):
    """A mapping of the values: names in camelCase, no others than these, and a docstring under each."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        use_attribute_docstrings=True,
    )


class Image(Part):
    """Where an image is."""

    repository: Repository
    """Its name, with the registry if it is not Docker Hub's."""
    tag: Tag = ""
    """Its tag."""
    digest: Annotated[str, Field(pattern="^(sha256:[0-9a-f]{64})?$")] = ""
    """`sha256:...`; wins over the tag."""
    pull_policy: Annotated[str, Field(pattern="^(Always|IfNotPresent|Never)$")] = "IfNotPresent"
    """`Always`, `IfNotPresent` or `Never`."""


class Secret(Part):
    """A key of a Secret that is there already."""

    name: Name = ""
    """Name of the Secret in the release's namespace; empty: the chart makes a password and keeps it."""
    key: SecretKey = "password"
    """The key in it."""


class Persistence(Part):
    """A volume."""

    enabled: bool = True
    """Keep the data on a volume; without one it is gone with the pod."""
    size: Quantity
    """Size of the volume when it is made; see run-in-production.md for a larger one."""
    storage_class: Name = ""
    """Its StorageClass; empty: the cluster's default."""


class Resources(Part):
    """What a container asks for, and what it gets at most."""

    requests: Object = {}
    """Asked for."""
    limits: Object = {}
    """At most."""


class PodOptions(Part):
    """What any pod can be given; as in Kubernetes' own pod specification."""

    labels: Texts | None = None
    """Further labels."""
    annotations: Texts | None = None
    """Further annotations."""
    node_selector: Texts | None = None
    """Labels that its node must have."""
    tolerations: Objects | None = None
    """Taints of nodes that it bears."""
    affinity: Object | None = None
    """Rules of being near or far."""
    topology_spread_constraints: Objects | None = None
    """Instead of spreading over nodes where that is possible."""
    priority_class_name: str | None = None
    """Its PriorityClass."""
    security_context: Object | None = None
    """Changes to the pod's security context."""
    extra_env: Objects | None = None
    """Further environment variables."""
    extra_env_from: Objects | None = None
    """ConfigMaps and Secrets with further ones."""
    extra_volumes: Objects | None = None
    """Further volumes."""
    extra_volume_mounts: Objects | None = None
    """Where they are mounted."""


class Component(Part):
    """What each component can be given."""

    resources: Resources
    """Requests and limits of its container."""
    pod: PodOptions = PodOptions()
    """What its pods are given beyond podDefaults, by the same names."""
