"""What the chart makes."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import kubernetes_validate
import pytest
import yaml
from sqlalchemy.engine import make_url

from tests.chart.rendering import CHART, Renderer, containers

CASES = {file.stem: yaml.safe_load(file.read_text()) for file in sorted((CHART / "ci").glob("*-values.yaml"))}
_VERSION = "app.kubernetes.io/version"
OF_OTHERS = ("ScaledObject", "TriggerAuthentication", "HTTPRoute")  # kinds that Kubernetes itself does not know


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    values: Mapping[str, Any] = CASES[request.param]
    return values


def test_kubernetes_schema_takes_every_object(helm: Renderer, case: Mapping[str, Any]) -> None:
    for found in helm.render(case).objects:
        if found["kind"] not in OF_OTHERS:
            kubernetes_validate.validate(found, "1.34", strict=True)


def test_every_pod_keeps_the_restricted_standard(helm: Renderer, case: Mapping[str, Any]) -> None:
    for pod in helm.render(case).pods().values():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(pod):
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_no_pod_gets_a_token_that_it_does_not_use(helm: Renderer, case: Mapping[str, Any]) -> None:
    rendered = helm.render(case)
    with_token = {name for name, pod in rendered.pods().items() if pod["automountServiceAccountToken"]}
    use_it = {name for name in rendered.of("Deployment") if "worker" in name and rendered.of("Role")}
    assert with_token == use_it


def test_every_pod_has_an_account_of_the_release(helm: Renderer, case: Mapping[str, Any]) -> None:
    rendered = helm.render(case)
    used = {pod["serviceAccountName"] for pod in rendered.pods().values()}
    assert used <= set(rendered.of("ServiceAccount"))


def test_every_long_running_container_has_its_probes(helm: Renderer) -> None:
    rendered = helm.render()
    for kind in ("Deployment", "StatefulSet"):
        for found in rendered.of(kind).values():
            for container in found["spec"]["template"]["spec"]["containers"]:
                assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)


def test_no_pod_is_killed_while_it_waits_for_its_tables(helm: Renderer) -> None:
    pods = helm.render({"migrations": {"waitSeconds": 900}}).pods()
    for name in ("t-tutti-api", "t-tutti-worker-small"):
        (container,) = pods[name]["containers"]
        waits_s = float(container["args"][container["args"].index("--wait") + 1])
        startup = container["startupProbe"]
        assert waits_s == 900
        assert startup["failureThreshold"] * startup["periodSeconds"] > waits_s


def test_no_worker_is_killed_for_a_broker_that_is_away(helm: Renderer) -> None:
    (worker,) = helm.render().pods()["t-tutti-worker-small"]["containers"]
    assert worker["livenessProbe"]["exec"]["command"][-1].startswith("find /tmp/probe/live")


def test_no_password_is_in_the_settings_or_in_a_pod(helm: Renderer) -> None:
    rendered = helm.render({"autoscaling": {"mode": "keda"}})
    secret = rendered.of("Secret")["t-tutti-secrets"]["data"]
    assert set(secret) == {f"{of}-password" for of in ("postgresql", "redis", "flower", "demand")}
    others = [found for found in rendered.objects if found["kind"] != "Secret"]
    assert not [word for word in secret.values() if word in str(others)]


@pytest.mark.parametrize("parts", [("postgresql", "redis", "flower"), ("postgresql", "redis")], ids=len)
def test_with_passwords_of_ones_own_each_rendering_is_the_same(helm: Renderer, parts: tuple[str, ...]) -> None:
    mine: dict[str, Any] = {part: {"existingSecret": {"name": "mine"}} for part in parts}
    values = {"flower": {"enabled": False}, **mine}
    assert helm.text(values) == helm.text(values)


def test_a_store_whose_node_is_not_heard_of_can_still_be_asked(helm: Renderer) -> None:
    services = helm.render().of("Service")
    published = {name for name, one in services.items() if one["spec"].get("publishNotReadyAddresses")}
    assert published == {"t-tutti-postgresql", "t-tutti-redis"}


def test_an_image_by_digest_has_no_tag(helm: Renderer) -> None:
    digest = f"sha256:{'0' * 64}"
    (api,) = helm.render({"image": {"tag": "1", "digest": digest}}).pods()["t-tutti-api"]["containers"]
    assert api["image"] == f"tutti@{digest}"


def test_a_group_is_a_deployment_with_its_queues_and_slots(helm: Renderer) -> None:
    rendered = helm.render(
        {"workers": {"small": {"queues": ["small"]}, "guests": {"queues": ["celery"], "concurrency": 3, "cores": 2}}}
    )
    (guests,) = rendered.pods()["t-tutti-worker-guests"]["containers"]
    environment = {variable["name"]: variable.get("value") for variable in guests["env"]}
    assert environment["TUTTI_WORKER_QUEUES"] == "celery"
    assert environment["TUTTI_WORKER_CONCURRENCY"] == "3"
    assert environment["TUTTI_SOLVE_CORES"] == "2"


def test_a_group_that_is_set_to_null_is_gone(helm: Renderer) -> None:
    rendered = helm.render({"workers": {"large": None, "small": {"queues": ["small", "large", "celery"]}}})
    assert "t-tutti-worker-large" not in rendered.of("Deployment")


@pytest.mark.parametrize("mode", ["none", "keda", "hpa"])
def test_a_group_of_ones_own_that_is_set_to_null_later_is_gone_too(helm: Renderer, tmp_path: Path, mode: str) -> None:
    """By a second file of values, or as it is after --reset-then-reuse-values: Helm leaves the null there."""
    before = tmp_path / "before.yaml"
    before.write_text(yaml.safe_dump({"workers": {"guests": {"queues": ["celery"], "minReplicas": 1}}}))
    after = {"autoscaling": {"mode": mode}, "workers": {"guests": None}}
    done = helm.run("template", "t", "--kube-version", "1.34.0", "--values", str(before), values=after)
    assert done.returncode == 0, done.stderr
    assert "guests" not in done.stdout


def test_a_changed_setting_changes_the_pods_that_read_it(helm: Renderer) -> None:
    def sums(values: Mapping[str, Any]) -> dict[str, str]:
        own = {"existingSecret": {"name": "mine"}}  # the chart's own would differ between two renderings
        stores = {"postgresql": own, "redis": own, "flower": own}
        deployments = helm.render({**stores, **values}).of("Deployment")
        return {
            name: found["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
            for name, found in deployments.items()
        }

    before, after = sums({}), sums({"jobs": {"smallRoutes": 100}})
    assert sums({}) == before
    assert all(before[name] != after[name] for name in before)


def test_a_changed_password_makes_no_new_pod_of_postgresql_which_has_it_in_its_tables(helm: Renderer) -> None:
    first, second = (helm.render({}).of("StatefulSet") for _ in range(2))  # each with passwords of its own
    assert first["t-tutti-redis"] != second["t-tutti-redis"]
    assert first["t-tutti-postgresql"] == second["t-tutti-postgresql"]


def test_large_numbers_are_written_out(helm: Renderer) -> None:
    data = helm.render({"settings": {"TUTTI_MAX_QUEUED": 1_000_000}}).of("ConfigMap")["t-tutti-settings"]["data"]
    assert data["TUTTI_MAX_QUEUED"] == "1000000"


def test_external_stores_may_be_addresses_of_ipv6_with_users_full_of_signs(helm: Renderer) -> None:
    own = {"enabled": False, "existingSecret": {"name": "mine"}}
    values = {
        "postgresql": {**own, "user": "our buses+a@b", "external": {"host": "fd00::5"}},
        "redis": {**own, "external": {"host": "fd00::6", "user": "our buses"}},
    }
    data = helm.render(values).of("ConfigMap")["t-tutti-settings"]["data"]
    store = make_url(data["TUTTI_DATABASE_URL"])
    assert (store.username, store.host, store.port) == ("our buses+a@b", "fd00::5", 5432)
    broker = urlsplit(data["TUTTI_BROKER_URL"])
    assert (unquote(broker.username or ""), broker.hostname, broker.port) == ("our buses", "fd00::6", 6379)


def test_a_new_version_leaves_the_pods_of_the_stores_alone(helm: Renderer, tmp_path: Path) -> None:
    """Else nobody is answered while PostgreSQL starts anew, at each upgrade."""
    later = shutil.copytree(CHART, tmp_path / "tutti")
    chart = yaml.safe_load((later / "Chart.yaml").read_text())
    (later / "Chart.yaml").write_text(yaml.safe_dump({**chart, "version": "9.0.0", "appVersion": "9.0.0"}))
    secret = {"existingSecret": {"name": "mine"}}
    values = {"postgresql": secret, "redis": secret}
    before, after = (one.render(values).of("StatefulSet") for one in (helm, helm.of(later)))
    assert {name: found["spec"] for name, found in before.items()} == {
        name: found["spec"] for name, found in after.items()
    }


@pytest.mark.parametrize("tag", ["_1", "1-", f"{'1' * 62}-2", "0.1.0-12-gabcdef"])
def test_any_tag_makes_a_label_that_kubernetes_takes(helm: Renderer, tag: str) -> None:
    api = helm.render({"image": {"tag": tag}}).of("Deployment")["t-tutti-api"]
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", api["metadata"]["labels"][_VERSION])
    assert api["spec"]["template"]["spec"]["containers"][0]["image"] == f"tutti:{tag}"


def test_every_container_says_what_it_asks_for_as_a_quota_wants_it(helm: Renderer) -> None:
    for pod in helm.render().pods().values():
        for container in containers(pod):
            assert {"cpu", "memory"} <= set(container["resources"]["requests"])
            assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize(
    ("memory", "slots", "routes"),
    [("4Gi", 1, "20000"), ("4Gi", 2, "10000"), ("2G", 1, "10000"), (1073741824, 2, "3000"), ("256Mi", 1, "300")],
)
def test_no_job_is_taken_that_is_too_large_for_every_group(
    helm: Renderer, memory: object, slots: int, routes: str
) -> None:
    large = {"concurrency": slots, "resources": {"limits": {"memory": memory}}}
    data = helm.render({"workers": {"large": large}}).of("ConfigMap")["t-tutti-settings"]["data"]
    assert data["TUTTI_MAX_ROUTES"] == routes


def test_who_knows_better_says_how_large_jobs_may_be(helm: Renderer) -> None:
    values = {"settings": {"TUTTI_MAX_ROUTES": 700}, "workers": {"large": {"resources": {"limits": {"memory": "1Gi"}}}}}
    assert helm.render(values).of("ConfigMap")["t-tutti-settings"]["data"]["TUTTI_MAX_ROUTES"] == "700"


def test_workers_of_a_lost_node_are_made_elsewhere_soon(helm: Renderer) -> None:
    own = {"key": "example.org/batch", "operator": "Exists"}
    values = {"podDefaults": {"tolerations": [own]}, "workerDefaults": {"lostNodeSeconds": 5}}
    mine, *given = helm.render(values).pods()["t-tutti-worker-large"]["tolerations"]
    assert mine == own
    assert {one["key"]: one["tolerationSeconds"] for one in given} == {
        "node.kubernetes.io/not-ready": 5,
        "node.kubernetes.io/unreachable": 5,
    }


def test_the_soft_limit_follows_the_hard_one(helm: Renderer) -> None:
    data = helm.render({"jobs": {"hardLimitSeconds": 600}}).of("ConfigMap")["t-tutti-settings"]["data"]
    assert (data["TUTTI_SOFT_LIMIT_S"], data["TUTTI_HARD_LIMIT_S"]) == ("540", "600")


@pytest.mark.parametrize("name", ["t", "tutti", "a" * 53, "the-transport-department-of-the-district-of-the-west"])
def test_names_are_short_enough_whatever_the_release_is_called(helm: Renderer, name: str) -> None:
    rendered = helm.render(name=name)
    for found in rendered.objects:
        assert len(found["metadata"]["name"]) <= (52 if found["kind"] == "StatefulSet" else 63)


def test_long_names_with_one_beginning_stay_apart(helm: Renderer) -> None:
    names = [set(helm.render(name=f"{'d' * 48}-{end}").of("Service")) for end in ("east", "west")]
    assert not names[0] & names[1]


@pytest.mark.parametrize(
    ("values", "kind", "name"),
    [
        ({"api": {"ingress": {"enabled": True, "host": "tutti.example.org"}}}, "Ingress", "t-tutti-api"),
        ({"api": {"httpRoute": {"enabled": True, "parentRefs": [{"name": "gate"}]}}}, "HTTPRoute", "t-tutti-api"),
        ({"api": {"disruptionBudget": {"enabled": True}}}, "PodDisruptionBudget", "t-tutti-api"),
    ],
)
def test_what_is_off_is_there_only_when_it_is_turned_on(
    helm: Renderer, values: Mapping[str, Any], kind: str, name: str
) -> None:
    assert helm.render().of(kind) == {}
    assert name in helm.render(values).of(kind)


def test_a_drain_takes_pods_of_the_api_also_where_none_is_ready(helm: Renderer) -> None:
    (budget,) = helm.render({"api": {"disruptionBudget": {"enabled": True}}}).of("PodDisruptionBudget").values()
    assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_an_ingress_may_have_several_hosts_with_paths_and_certificates_of_their_own(helm: Renderer) -> None:
    tls = [{"secretName": "east-tls", "hosts": ["east.example.org", "west.example.org"]}]
    more = [{"host": "east.example.org"}, {"host": "west.example.org", "paths": [{"path": "/v1", "pathType": "Exact"}]}]
    one = {"host": "tutti.example.org", "path": "/plans", "tlsSecret": "tutti-tls"}
    spec = helm.render({"api": {"ingress": {"enabled": True, **one, "hosts": more, "tls": tls}}}).of("Ingress")
    (ingress,) = (found["spec"] for found in spec.values())
    places = [
        (rule["host"], path["path"], path["pathType"]) for rule in ingress["rules"] for path in rule["http"]["paths"]
    ]
    assert places == [
        ("tutti.example.org", "/plans", "Prefix"),
        ("east.example.org", "/", "Prefix"),
        ("west.example.org", "/v1", "Exact"),
    ]
    assert ingress["tls"] == [{"secretName": "tutti-tls", "hosts": ["tutti.example.org"]}, *tls]


def test_an_ingress_may_have_its_hosts_in_the_list_alone(helm: Renderer) -> None:
    rendered = helm.render({"api": {"ingress": {"enabled": True, "hosts": [{"host": "east.example.org"}]}}})
    spec = rendered.of("Ingress")["t-tutti-api"]["spec"]
    assert [rule["host"] for rule in spec["rules"]] == ["east.example.org"]
    assert "tls" not in spec


@pytest.mark.parametrize(
    ("values", "kind", "name"),
    [
        ({"flower": {"enabled": False}}, "Deployment", "t-tutti-flower"),
        ({"networkPolicy": {"enabled": False}}, "NetworkPolicy", "t-tutti-default"),
        (
            {"redis": {"enabled": False, "external": {"host": "r"}, "existingSecret": {"name": "s"}}},
            "StatefulSet",
            "t-tutti-redis",
        ),
        (
            {"postgresql": {"enabled": False, "external": {"host": "p"}, "existingSecret": {"name": "s"}}},
            "StatefulSet",
            "t-tutti-postgresql",
        ),
    ],
)
def test_what_is_on_is_gone_when_it_is_turned_off(
    helm: Renderer, values: Mapping[str, Any], kind: str, name: str
) -> None:
    assert name in helm.render().of(kind)
    assert name not in helm.render(values).of(kind)


@pytest.mark.parametrize("store", ["redis", "postgresql"])
def test_without_persistence_data_lives_as_long_as_the_pod(helm: Renderer, store: str) -> None:
    rendered = helm.render({store: {"persistence": {"enabled": False}}})
    spec = rendered.of("StatefulSet")[f"t-tutti-{store}"]["spec"]
    assert "volumeClaimTemplates" not in spec
    assert {"name": "data", "emptyDir": {}} in spec["template"]["spec"]["volumes"]


def test_what_all_pods_are_given_a_component_may_have_otherwise(helm: Renderer) -> None:
    values = {"podDefaults": {"priorityClassName": "low"}, "api": {"pod": {"priorityClassName": "high"}}}
    pods = helm.render(values).pods()
    assert pods["t-tutti-api"]["priorityClassName"] == "high"
    assert pods["t-tutti-redis"]["priorityClassName"] == "low"


def test_users_are_mounted_to_be_read_by_the_api_and_the_test_and_nobody_else(helm: Renderer) -> None:
    pods = helm.render({"api": {"usersSecret": "planners"}}).pods()
    secrets = {
        name: [volume["secret"] for volume in pod.get("volumes", ()) if "secret" in volume]
        for name, pod in pods.items()
    }
    assert {name for name, found in secrets.items() if found} == {"t-tutti-api", "t-tutti-test-plan"}
    assert secrets["t-tutti-api"] == [{"secretName": "planners", "defaultMode": 0o440}]
    for name in ("t-tutti-api", "t-tutti-test-plan"):
        (container,) = pods[name]["containers"]
        assert {"name": "users", "mountPath": "/users", "readOnly": True} in container["volumeMounts"]
    (api,) = pods["t-tutti-api"]["containers"]
    assert {"name": "TUTTI_USERS_DIR", "value": "/users"} in api["env"]


@pytest.mark.parametrize("users", ["", "planners"])
def test_the_test_of_a_release_is_a_user_where_there_are_some(helm: Renderer, users: str) -> None:
    (container,) = helm.render({"api": {"usersSecret": users}}).pods()["t-tutti-test-plan"]["containers"]
    assert ("export TUTTI_TOKEN" in container["args"][0]) == bool(users)
