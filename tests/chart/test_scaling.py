"""What scales the workers."""

from typing import Any

import pytest

from tests.chart.rendering import Object, Rendered, Renderer, containers
from tutti.execution.broker import keys


def scaling(helm: Renderer, mode: str, **values: Any) -> Rendered:
    return helm.render({"autoscaling": {"mode": mode, **values}})


@pytest.mark.parametrize("mode", ["none", "keda", "hpa"])
def test_replicas_are_left_to_what_scales(helm: Renderer, mode: str) -> None:
    rendered = scaling(helm, mode)
    assert ("replicas" in rendered.of("Deployment")["t-tutti-worker-large"]["spec"]) == (mode == "none")
    assert bool(rendered.of("ScaledObject")) == (mode == "keda")
    assert bool(rendered.of("HorizontalPodAutoscaler")) == (mode == "hpa")


def test_keda_has_one_trigger_on_the_jobs_of_a_groups_queues(helm: Renderer) -> None:
    scaled = scaling(helm, "keda").of("ScaledObject")["t-tutti-worker-small"]["spec"]
    (trigger,) = scaled["triggers"]
    assert trigger["type"] == "postgresql"
    assert "IN ('small', 'celery')" in trigger["metadata"]["query"]
    assert trigger["metadata"]["targetQueryValue"] == "2"


def test_keda_is_told_when_to_wake_a_group_that_may_sleep_and_no_other(helm: Renderer) -> None:
    scaled = scaling(helm, "keda", pollingSeconds=7, cooldownSeconds=90).of("ScaledObject")
    times = [
        (spec.get("pollingInterval"), spec.get("cooldownPeriod")) for spec in (one["spec"] for one in scaled.values())
    ]
    assert dict(zip(scaled, times, strict=True)) == {
        "t-tutti-worker-large": (7, 90),
        "t-tutti-worker-small": (None, None),
    }


def test_kedas_own_scalers_have_names_that_it_takes_and_that_stay_apart(helm: Renderer) -> None:
    groups = {f"{'g' * 18}{number}": {"queues": [queue]} for number, queue in enumerate(("small", "large"))}
    values = {"autoscaling": {"mode": "keda"}, "workers": {"small": None, "large": None, **groups}}
    scaled = [found["spec"] for found in helm.render(values, name="a" * 53).of("ScaledObject").values()]
    names = {spec["advanced"]["horizontalPodAutoscalerConfig"]["name"] for spec in scaled}
    assert len(names) == 2
    assert max(map(len, names)) <= 63
    short = scaling(helm, "keda").of("ScaledObject")["t-tutti-worker-large"]["spec"]
    assert short["advanced"]["horizontalPodAutoscalerConfig"]["name"] == "keda-hpa-t-tutti-worker-large"  # KEDA's own


def test_a_number_that_keda_can_not_get_takes_no_pod_away(helm: Renderer) -> None:
    for scaled in scaling(helm, "keda").of("ScaledObject").values():
        assert scaled["spec"]["fallback"]["behavior"] == "currentReplicasIfHigher"
        assert scaled["spec"]["fallback"]["replicas"] == 1  # with 0, KEDA would take the last pod away


def test_keda_can_count_every_list_that_a_queue_has_at_the_broker(helm: Renderer) -> None:
    scaled = scaling(helm, "keda", source="redis-list").of("ScaledObject")["t-tutti-worker-large"]["spec"]
    lists = [trigger["metadata"]["listName"] for trigger in scaled["triggers"]]
    assert lists == list(keys("large"))


def test_keda_reaches_a_redis_by_its_address_of_ipv6(helm: Renderer) -> None:
    redis = {"enabled": False, "external": {"host": "fd00::6"}, "existingSecret": {"name": "mine"}}
    rendered = helm.render({"autoscaling": {"mode": "keda", "source": "redis-list"}, "redis": redis})
    (*_, trigger) = rendered.of("ScaledObject")["t-tutti-worker-large"]["spec"]["triggers"]
    assert trigger["metadata"]["address"] == "[fd00::6]:6379"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"flower": {"enabled": False}},
        {"autoscaling": {"mode": "hpa"}},
        {"autoscaling": {"mode": "keda"}},
        {"autoscaling": {"mode": "keda", "keda": {"makeRole": False}}},
        {"autoscaling": {"mode": "keda", "source": "redis-list"}},
    ],
)
def test_every_password_that_is_asked_for_is_made(helm: Renderer, values: Object) -> None:
    rendered = helm.render(values)
    (made,) = rendered.of("Secret").values()
    variables = [env for pod in rendered.pods().values() for one in containers(pod) for env in one.get("env", [])]
    asked = {env["valueFrom"]["secretKeyRef"]["key"] for env in variables if "secretKeyRef" in env.get("valueFrom", {})}
    for authentication in rendered.of("TriggerAuthentication").values():
        asked |= {reference["key"] for reference in authentication["spec"]["secretTargetRef"]}
    assert asked == set(made["data"])


@pytest.mark.parametrize(("source", "store"), [("jobs", "postgresql"), ("redis-list", "redis")])
def test_keda_reaches_the_store_that_it_asks_and_no_other(helm: Renderer, source: str, store: str) -> None:
    policies = scaling(helm, "keda", source=source).of("NetworkPolicy")

    def lets_keda_in(policy: Object) -> bool:
        return "namespaceSelector" in str(policy["spec"].get("ingress"))

    assert [name for name, policy in policies.items() if lets_keda_in(policy)] == [f"t-tutti-{store}"]


def test_kubernetes_own_scaler_keeps_a_pod_that_can_be_measured(helm: Renderer) -> None:
    spec = scaling(helm, "hpa").of("HorizontalPodAutoscaler")["t-tutti-worker-large"]["spec"]
    assert spec["minReplicas"] == 1
    assert spec["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 75}


def test_kubernetes_own_scaler_can_go_by_the_jobs_of_a_groups_queues(helm: Renderer) -> None:
    rendered = scaling(helm, "hpa", hpa={"externalMetric": "tutti_jobs"})
    (metric,) = rendered.of("HorizontalPodAutoscaler")["t-tutti-worker-small"]["spec"]["metrics"]
    assert metric["external"]["metric"]["name"] == "tutti_jobs"
    assert metric["external"]["metric"]["selector"]["matchExpressions"][0]["values"] == ["small", "celery"]
    assert metric["external"]["target"] == {"type": "AverageValue", "averageValue": "2"}


@pytest.mark.parametrize(("mode", "there"), [("keda", True), ("hpa", True), ("none", False)])
def test_workers_may_say_that_they_are_busy_where_pods_are_taken_away(helm: Renderer, mode: str, there: bool) -> None:
    rendered = scaling(helm, mode, idleFirst={"enabled": True})
    (worker,) = rendered.pods()["t-tutti-worker-large"]["containers"]
    assert ("TUTTI_POD_NAME" in [variable["name"] for variable in worker["env"]]) == there
    for kind in ("Role", "RoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"):
        assert bool(rendered.of(kind)) == there
    assert ("t-tutti-api-server" in rendered.of("NetworkPolicy")) == there


def test_without_the_right_to_guard_it_the_role_alone_is_made(helm: Renderer) -> None:
    rendered = scaling(helm, "keda", idleFirst={"enabled": True, "guard": False})
    assert rendered.of("Role")["t-tutti-worker"]["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["patch"]}
    ]
    assert not rendered.of("ValidatingAdmissionPolicy")


def test_no_worker_says_that_it_is_busy_unless_asked_to(helm: Renderer) -> None:
    rendered = scaling(helm, "keda")
    assert not rendered.of("Role")
    assert "TUTTI_POD_NAME" not in str(rendered.pods())
