"""What watches the service: made when it is asked for, and let in then."""

import json
from typing import Any

import pytest

from tests.chart.rendering import Renderer, helms

ALL: dict[str, Any] = {
    "monitors": {"enabled": True, "labels": {"release": "prometheus"}},
    "alerts": {"enabled": True, "runbooks": "https://docs.example.org/runbooks/"},
    "dashboard": {"enabled": True},
}


@pytest.fixture(params=helms()[:1])
def helm(request: pytest.FixtureRequest) -> Renderer:
    """One Helm will do for what is in the objects; the first test has each of them make all of them."""
    return Renderer(request.param)


@pytest.mark.parametrize("helm", helms(), indirect=True)
@pytest.mark.parametrize("kind", ["ServiceMonitor", "PodMonitor", "PrometheusRule"])
def test_nothing_of_the_operators_is_made_unless_it_is_asked_for(helm: Renderer, kind: str) -> None:
    assert helm.render().of(kind) == {}
    assert len(helm.render({"monitoring": ALL}).of(kind)) == 1


def test_the_monitors_find_the_ports_that_tell(helm: Renderer) -> None:
    rendered = helm.render({"monitoring": ALL})
    service = rendered.of("Service")["t-tutti-api"]
    monitor = rendered.of("ServiceMonitor")["t-tutti-api"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["endpoints"][0]["port"] in {port["name"] for port in service["spec"]["ports"]}
    (chosen,) = rendered.of("PodMonitor")["t-tutti-workers"]["spec"]["selector"]["matchExpressions"]
    for group in ("small", "large"):
        assert f"worker-{group}" in chosen["values"]
        (worker,) = rendered.pods()[f"t-tutti-worker-{group}"]["containers"]
        assert worker["ports"] == [{"name": "metrics", "containerPort": 9464}]
    assert rendered.of("ConfigMap")["t-tutti-settings"]["data"]["TUTTI_METRICS_PORT"] == "9464"


def test_those_who_scrape_are_let_in_and_nobody_else(helm: Renderer) -> None:
    scrapers = [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]
    values = {"monitoring": {**ALL, "scrapers": scrapers}, "networkPolicy": {"apiFrom": [{"podSelector": {}}]}}
    policies = helm.render(values).of("NetworkPolicy")
    assert policies["t-tutti-metrics"]["spec"]["ingress"][0]["from"] == scrapers
    assert scrapers[0] in policies["t-tutti-api"]["spec"]["ingress"][0]["from"]
    assert "t-tutti-metrics" not in helm.render().of("NetworkPolicy")


def test_a_guarded_api_asks_who_scrapes_it(helm: Renderer) -> None:
    values = {"monitoring": ALL, "networkPolicy": {"apiFrom": [{"podSelector": {}}]}}
    assert "name the pods of Prometheus in monitoring.scrapers" in helm.refusal(values)


def test_the_alerts_are_of_the_releases_namespace_and_lead_to_the_runbooks(helm: Renderer) -> None:
    groups = helm.render({"monitoring": ALL}).of("PrometheusRule")["t-tutti"]["spec"]["groups"]
    rules = {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}
    assert 'namespace="default"' in rules["TuttiNoWorker"]["expr"]
    url = rules["TuttiNoWorker"]["annotations"]["runbook_url"]
    assert url == "https://docs.example.org/runbooks/TuttiNoWorker.md"
    assert "{{ $labels.queue }}" in rules["TuttiNoWorker"]["annotations"]["summary"]
    assert "$namespace" not in str(groups)


def test_all_pods_log_as_the_values_say(helm: Renderer) -> None:
    settings = helm.render({"logs": {"level": "debug"}}).of("ConfigMap")["t-tutti-settings"]["data"]
    assert (settings["TUTTI_LOG_FORMAT"], settings["TUTTI_LOG_LEVEL"]) == ("json", "debug")


def test_spans_go_to_the_collector_and_nowhere_else(helm: Renderer) -> None:
    collectors = [{"namespaceSelector": {"matchLabels": {"name": "observability"}}}]
    values = {"tracing": {"endpoint": "http://collector.observability:4318", "collectors": collectors}}
    rendered = helm.render(values)
    settings = rendered.of("ConfigMap")["t-tutti-settings"]["data"]
    assert settings["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector.observability:4318"
    (way,) = rendered.of("NetworkPolicy")["t-tutti-traces"]["spec"]["egress"]
    assert way == {"ports": [{"protocol": "TCP", "port": 4318}], "to": collectors}
    assert "t-tutti-traces" not in helm.render().of("NetworkPolicy")
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in helm.render().of("ConfigMap")["t-tutti-settings"]["data"]


def test_flower_keeps_what_it_saw_on_a_volume_if_it_is_asked_to(helm: Renderer) -> None:
    rendered = helm.render({"flower": {"persistence": {"enabled": True, "size": "2Gi", "storageClass": "fast"}}})
    claim = rendered.of("PersistentVolumeClaim")["t-tutti-flower"]["spec"]
    assert (claim["resources"]["requests"]["storage"], claim["storageClassName"]) == ("2Gi", "fast")
    assert rendered.of("Deployment")["t-tutti-flower"]["spec"]["strategy"] == {"type": "Recreate"}
    pod = rendered.pods()["t-tutti-flower"]
    assert {"name": "state", "persistentVolumeClaim": {"claimName": "t-tutti-flower"}} in pod["volumes"]
    (container,) = pod["containers"]
    assert container["args"][-2:] == ["--state", "/state/flower"]
    assert {"name": "state", "mountPath": "/state"} in container["volumeMounts"]
    assert helm.render().of("PersistentVolumeClaim") == {}


def test_the_dashboard_is_labelled_for_grafanas_sidecar(helm: Renderer) -> None:
    found = helm.render({"monitoring": ALL}).of("ConfigMap")["t-tutti-dashboard"]
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(found["data"]["tutti.json"])["title"] == "Tutti"
