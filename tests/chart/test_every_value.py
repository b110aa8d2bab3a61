"""No value is without effect: each one, changed, changes what is rendered."""

import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, get_args, get_origin

import pytest
from charts.schema.parts import Part
from charts.schema.values import Values
from charts.schema.workers import WorkerGroup
from charts.schema.write import dumped

from tests.chart.rendering import Object, Renderer

_SECRET = {"existingSecret": {"name": "mine"}}
# All that can be turned on beside each other, and no password that would be another one in each rendering.
ALL_ON: Object = {
    "api": {
        "service": {"type": "NodePort"},
        "ingress": {"enabled": True, "host": "tutti.example.org"},
        "httpRoute": {"enabled": True, "parentRefs": [{"name": "gate"}]},
    },
    "autoscaling": {"mode": "keda", "idleFirst": {"enabled": True}, "keda": _SECRET},
    "postgresql": _SECRET,
    "redis": _SECRET,
    "flower": {**_SECRET, "persistence": {"enabled": True}},
    "tracing": {"endpoint": "http://collector:4318"},
    "monitoring": {part: {"enabled": True} for part in ("monitors", "alerts", "dashboard")},
}
_UNSCALED = {"autoscaling": {"mode": "none"}}
_BY_HPA = {"autoscaling": {"mode": "hpa"}}
_EXTERNAL = {store: {"enabled": False, "external": {"host": f"{store}.example"}} for store in ("postgresql", "redis")}
# What must be so beside it for a value to count.
BESIDE: dict[str, Object] = {
    "workerDefaults.replicas": _UNSCALED,
    "workerDefaults.queues": {
        "workers": {"large": {"queues": None}, "small": {"queues": ["small"]}},
        "workerDefaults": {"queues": ["large"], "minReplicas": 1},
    },
    "networkPolicy.apiFrom": {"monitoring": {"scrapers": [{"podSelector": {}}]}},
    "autoscaling.hpa.cpuPercent": _BY_HPA,
    "autoscaling.hpa.externalMetric": _BY_HPA,
    **{f"postgresql.external.{name}": _EXTERNAL for name in ("host", "port", "options")},
    **{f"redis.external.{name}": _EXTERNAL for name in ("host", "port", "user", "database", "tls")},
    "redis.external.caFile": {"redis": {"enabled": False, "external": {"host": "redis.example", "tls": True}}},
    "networkPolicy.externalCidrs": _EXTERNAL,
}
# What an own type or another check asks for; all else is changed by its type alone.
CHANGED: dict[str, Any] = {
    "image.digest": f"sha256:{'1' * 64}",
    "image.pullPolicy": "Always",
    "postgresql.image.digest": f"sha256:{'2' * 64}",
    "postgresql.image.pullPolicy": "Never",
    "redis.image.digest": f"sha256:{'3' * 64}",
    "redis.image.pullPolicy": "Never",
    "api.service.nodePort": 30800,
    "api.ingress.hosts": [{"host": "other.example.org"}],
    "api.ingress.tls": [{"hosts": ["other.example.org"]}],
    "redis.maxMemory": "256mb",
    "redis.external.caFile": "/ca/ca.crt",
    "redis.persistence.size": "2Gi",
    "postgresql.persistence.size": "20Gi",
    "flower.persistence.size": "2Gi",
    "tracing.endpoint": "https://collector.example.org",
    "jobs.softLimitSeconds": 600,
    "jobs.heartbeatSeconds": 0.5,
    "settings": {"TUTTI_MAX_ROUTES": 100},
    "workers": {"guests": {"queues": ["celery"], "minReplicas": 1}, "small": {"queues": ["small"]}},
    "workerDefaults.queues": ["large", "celery"],
    "serviceAccounts.annotations": {"api": {"example.org/role": "tutti"}},
}
# What takes two values to change is in test_objects, what only says no in test_bad_values, and `global` is Helm's.
ELSEWHERE = ("postgresql.enabled", "redis.enabled", "autoscaling.maxSlots", "global")
_AT_ONCE = 4
# How a null is refused: by the schema, or by a sentence of the chart.
_SENTENCE = re.compile(r"missing property '|execution error at \(tutti/templates/settings.yaml:1:4\): (?!.*<nil>)")


def mappings(part: Part, path: str = "") -> Iterator[str]:
    """Each value that is a mapping of others, by its path."""
    for attribute, field in type(part).model_fields.items():
        value, name = getattr(part, attribute), f"{path}{field.alias or attribute}"
        if isinstance(value, Part):
            yield name
            yield from mappings(value, f"{name}.")


def leaves(part: Part, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that is no mapping of others, by its path, with its default."""
    for attribute, field in type(part).model_fields.items():
        value, name = getattr(part, attribute), f"{path}{field.alias or attribute}"
        if isinstance(value, Part) and type(value).model_fields and not name.endswith(("pod", "podDefaults")):
            yield from leaves(value, f"{name}.")
        elif name not in ELSEWHERE:
            yield name, dumped(value)


def choices(path: str) -> tuple[Any, ...]:
    """The values of which a value is one, or none if it may be any of its type."""
    annotation: Any = Values
    for name in path.split("."):
        fields = {field.alias or attribute: field for attribute, field in annotation.model_fields.items()}
        annotation = fields[name].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def other(name: str, value: Any) -> Any:
    """A value that is not this one."""
    if name in CHANGED:
        return CHANGED[name]
    if chosen := [choice for choice in choices(name) if choice != value]:
        return chosen[0]
    if name.endswith(("pod", "podDefaults")):
        return {"priorityClassName": "other"}
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}other".lstrip("/") if value != "/" else "/other"
    if isinstance(value, list):
        return [*value[1:], 54] if value and isinstance(value[0], int) else [_peer(name)]
    return {**(value or {}), "other": "1"}


def _peer(name: str) -> Any:
    return "10.0.0.0/8" if name.endswith("Cidrs") else "other.example" if name.endswith("hostnames") else {"name": "o"}


def over(base: Mapping[str, Any], top: Mapping[str, Any]) -> Object:
    """Values over others, as Helm merges them."""
    merged = dict(base)
    for name, value in top.items():
        below = merged.get(name)
        merged[name] = over(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def found_at(path: str, values: Mapping[str, Any], default: Any) -> Any:
    """What the values have at a place, or the default."""
    for name in path.split("."):
        if not isinstance(values, Mapping) or name not in values:
            return default
        values = values[name]
    return values


def at(path: str, value: Any) -> Object:
    """The values in which this one is at its place."""
    for name in reversed(path.split(".")):
        value = {name: value}
    found: Object = value
    return found


@pytest.mark.skipif(shutil.which("helm") is None, reason="no helm on the PATH")
def test_a_changed_value_changes_what_is_rendered() -> None:
    def text(values: Mapping[str, Any]) -> str:
        return Renderer("helm").text(values)

    def is_without_effect(name: str, default: Any) -> bool:
        before = over(ALL_ON, BESIDE.get(name, {}))
        changed = over(before, at(name, other(name, found_at(name, before, default))))
        return text(changed) == (text(before) if name in BESIDE else all_on)

    all_on, defaults = text(ALL_ON), dict(leaves(Values()))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(is_without_effect, defaults, defaults.values())
        assert [name for name, silent in zip(defaults, answers, strict=True) if silent] == []


@pytest.mark.skipif(shutil.which("helm") is None, reason="no helm on the PATH")
def test_null_for_any_value_is_taken_or_refused_by_a_sentence() -> None:
    def trouble(name: str) -> str | None:
        ended = Renderer("helm").run("template", "t", values=over(ALL_ON, at(name, None)))
        if ended.returncode:
            return None if _SENTENCE.search(ended.stderr) else f"{name}: {ended.stderr}"
        return f"{name} is rendered as <nil>" if "<nil>" in ended.stdout else None

    of_a_group = [f"workers.small.{field.alias}" for field in WorkerGroup.model_fields.values()]
    names = [*mappings(Values()), *(name for name, _ in leaves(Values())), *ELSEWHERE, *of_a_group]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        assert [told for told in pool.map(trouble, names) if told] == []
