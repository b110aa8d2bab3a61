"""A Prometheus in the cluster, in a namespace of its own, that watches a release as the chart's objects say."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import yaml

from tests.e2e.operator import rules, scrapes
from tests.e2e.releases import Release, run
from tests.monitoring.prometheus import Prometheus

IMAGE = os.environ.get("TUTTI_PROMETHEUS_IMAGE", "")
INTERVAL_S = 2
_NAME, _PORT = "watching", 9090
_OF_KEDA = {
    "job_name": "keda",
    "kubernetes_sd_configs": [{"role": "endpoints", "namespaces": {"names": ["keda"]}}],
    "relabel_configs": [
        {"source_labels": ["__meta_kubernetes_endpoint_port_name"], "regex": "metrics", "action": "keep"},
        {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
    ],
}
_OF_KUBELETS = {
    "job_name": "kubelet",
    "honor_labels": True,  # the namespace that it tells is that of a volume's claim
    "scheme": "https",
    "tls_config": {"insecure_skip_verify": True},
    "authorization": {"credentials_file": "/var/run/secrets/kubernetes.io/serviceaccount/token"},
    "kubernetes_sd_configs": [{"role": "node"}],
}
_RBAC = "rbac.authorization.k8s.io/v1"
_READS = [
    {"apiGroups": [""], "resources": ["pods", "services", "endpoints", "nodes"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
]


@contextmanager
def prometheus_beside(release: Release, place: str) -> Iterator[Prometheus]:
    """One in the namespace `place`, with the release's alerts; these wait for two seconds only."""
    home = Release(place, _NAME)
    everything = {"apiVersion": "v1", "kind": "List", "items": _objects(release, place)}
    home.kubectl("apply", "-f", "-", given=json.dumps(everything))
    try:
        home.kubectl("wait", "--for=condition=Ready", "pod/prometheus", "--timeout=120s")
        with (
            home.forward("prometheus", _PORT) as address,
            httpx.Client(base_url=f"http://{address}", timeout=30) as client,
        ):
            yield Prometheus(client, release.namespace)
    finally:
        run("kubectl", "delete", "clusterrole,clusterrolebinding", place)


def _objects(release: Release, place: str) -> list[dict[str, Any]]:
    labels = {"app": "prometheus"}
    account = {"kind": "ServiceAccount", "name": "prometheus", "namespace": place}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": place}
    service = {"selector": labels, "ports": [{"port": _PORT}]}
    return [
        _object("v1", "ServiceAccount", "prometheus"),
        _object(_RBAC, "ClusterRole", place, rules=_READS),
        _object(_RBAC, "ClusterRoleBinding", place, subjects=[account], roleRef=role),
        _object("v1", "ConfigMap", "prometheus", data=_configuration(release)),
        _object("v1", "Service", f"{_NAME}-prometheus", spec=service),
        _object("v1", "Pod", "prometheus", labels=labels, spec=_pod()),
    ]


def _object(version: str, kind: str, name: str, *, labels: dict[str, str] | None = None, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": labels or {}}, **rest}


def _configuration(release: Release) -> dict[str, str]:
    often = {"scrape_interval": f"{INTERVAL_S}s", "evaluation_interval": f"{INTERVAL_S}s"}
    jobs = [*scrapes(release), _OF_KEDA, _OF_KUBELETS]
    groups = rules(release)
    for rule in (rule for group in groups for rule in group["rules"] if "for" in rule):
        rule["for"] = f"{INTERVAL_S}s"
    config = {"global": often, "rule_files": ["rules.yaml"], "scrape_configs": jobs}
    return {"prometheus.yml": yaml.safe_dump(config), "rules.yaml": yaml.safe_dump({"groups": groups})}


def _pod() -> dict[str, Any]:
    locked = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    container = {
        "name": "prometheus",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": ["--config.file=/config/prometheus.yml", "--storage.tsdb.path=/data"],
        "readinessProbe": {"httpGet": {"path": "/-/ready", "port": _PORT}, "periodSeconds": 1},
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}},
        "securityContext": locked,
        "volumeMounts": [{"name": "config", "mountPath": "/config"}, {"name": "data", "mountPath": "/data"}],
    }
    return {
        "serviceAccountName": "prometheus",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "fsGroup": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "config", "configMap": {"name": "prometheus"}}, {"name": "data", "emptyDir": {}}],
    }
