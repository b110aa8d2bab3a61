"""What the Prometheus Operator makes of the chart's objects, as far as the chart uses them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.e2e.releases import Release

_GROUP = "monitoring.coreos.com"


def scrapes(release: Release) -> list[dict[str, Any]]:
    """Jobs of Prometheus for all ServiceMonitors and PodMonitors of a release's namespace."""
    services = [_of_services(monitor) for monitor in release.objects(f"servicemonitors.{_GROUP}")]
    return services + [_of_pods(monitor) for monitor in release.objects(f"podmonitors.{_GROUP}")]


def rules(release: Release) -> list[dict[str, Any]]:
    """The groups of all PrometheusRules of a release's namespace."""
    return [group for rule in release.objects(f"prometheusrules.{_GROUP}") for group in rule["spec"]["groups"]]


def _of_services(monitor: Mapping[str, Any]) -> dict[str, Any]:
    selector, (endpoint,) = _only(monitor["spec"], "selector", "endpoints")
    name = "__meta_kubernetes_endpoint_port_name"
    return _job(monitor, "endpoints", endpoint, [*_chosen("service", selector), _keep(name, endpoint["port"])])


def _of_pods(monitor: Mapping[str, Any]) -> dict[str, Any]:
    selector, (endpoint,) = _only(monitor["spec"], "selector", "podMetricsEndpoints")
    name = "__meta_kubernetes_pod_container_port_name"
    return _job(monitor, "pod", endpoint, [*_chosen("pod", selector), _keep(name, endpoint["port"])])


def _job(
    monitor: Mapping[str, Any], role: str, endpoint: Mapping[str, Any], keep: list[dict[str, Any]]
) -> dict[str, Any]:
    port, path, interval = _only(endpoint, "port", "path", "interval")
    place, name = monitor["metadata"]["namespace"], monitor["metadata"]["name"]
    told = {
        "namespace": "__meta_kubernetes_namespace",
        "pod": "__meta_kubernetes_pod_name",
        "container": "__meta_kubernetes_pod_container_name",
    }
    ended = {"source_labels": ["__meta_kubernetes_pod_phase"], "regex": "(Failed|Succeeded)", "action": "drop"}
    return {
        "job_name": f"{monitor['kind']}/{place}/{name}",
        "kubernetes_sd_configs": [{"role": role, "namespaces": {"names": [place]}}],
        "metrics_path": path,
        "scrape_interval": interval,
        "relabel_configs": [
            ended,
            *keep,
            *({"source_labels": [source], "target_label": label} for label, source in told.items()),
            {"target_label": "endpoint", "replacement": port},
        ],
    }


def _chosen(kind: str, selector: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for key, value in selector.get("matchLabels", {}).items():
        yield _keep(_label(kind, key), value)
    for wish in selector.get("matchExpressions", ()):
        assert wish["operator"] == "In"
        yield _keep(_label(kind, wish["key"]), "|".join(wish["values"]))


def _label(kind: str, key: str) -> str:
    return f"__meta_kubernetes_{kind}_label_{re.sub(r'[^a-zA-Z0-9_]', '_', key)}"


def _keep(label: str, pattern: str) -> dict[str, Any]:
    return {"source_labels": [label], "regex": pattern, "action": "keep"}


def _only(given: Mapping[str, Any], *names: str) -> list[Any]:
    """The values of these fields; there must be no others, as nothing would come of them here."""
    assert given.keys() == set(names)
    return [given[name] for name in names]
