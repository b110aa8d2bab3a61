"""Who may talk to whom, tried from pods. Needs a cluster whose network enforces NetworkPolicies."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.releases import Release, run, until

_TRY = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"
_PORTS = {"api": 8000, "flower": 5555, "postgresql": 5432, "redis": 6379}


def probe_pod(release: Release, name: str, labels: dict[str, str]) -> None:
    """A pod that does nothing, with the image that the release's API runs."""
    template = release.pods("api")[0]["spec"]
    container: dict[str, Any] = {
        "name": "probe",
        "image": template["containers"][0]["image"],
        "imagePullPolicy": "IfNotPresent",
        "command": ["sleep", "600"],
        "securityContext": template["containers"][0]["securityContext"],
    }
    spec = {"containers": [container], "securityContext": template["securityContext"], "restartPolicy": "Never"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}
    release.kubectl("apply", "-f", "-", given=json.dumps(pod))
    release.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=60s")


@pytest.fixture(scope="module")
def pods(release: Release) -> Iterator[Release]:
    selector = {"app.kubernetes.io/name": "tutti", "app.kubernetes.io/instance": release.name}
    probe_pod(release, "stranger", {})
    for component in ("worker-small", "flower"):
        probe_pod(release, f"like-{component}", {**selector, "app.kubernetes.io/component": component, "probe": "yes"})
    until(lambda: connects(release, "stranger", "api"), "a stranger reaches the API")
    yield release
    run("kubectl", "-n", release.namespace, "delete", "pod", "stranger", "like-worker-small", "like-flower", "--now")


def connects(release: Release, pod: str, service: str) -> bool:
    """Whether a pod gets a connection to a service of the release."""
    place = [f"{release.name}-{service}", str(_PORTS[service])]
    try:
        release.kubectl("exec", pod, "--", "python", "-c", _TRY, *place)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(
    ("pod", "service"),
    [
        ("stranger", "api"),
        ("like-worker-small", "redis"),
        ("like-worker-small", "postgresql"),
        ("like-flower", "redis"),
    ],
)
def test_a_connection_that_is_needed_is_let_through(pods: Release, pod: str, service: str) -> None:
    assert connects(pods, pod, service)


@pytest.mark.parametrize(
    ("pod", "service"),
    [
        ("stranger", "redis"),
        ("stranger", "postgresql"),
        ("stranger", "flower"),
        ("like-flower", "postgresql"),
        ("like-worker-small", "flower"),
        ("like-worker-small", "api"),
    ],
)
def test_a_connection_that_nobody_needs_is_refused(pods: Release, pod: str, service: str) -> None:
    assert not connects(pods, pod, service)


@pytest.mark.parametrize(("component", "port"), [("api", 8000), ("flower", 5555), ("worker-small", 9464)])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_servers_listen_on_addresses_of_both_kinds(release: Release, component: str, port: int, address: str) -> None:
    pod, *_ = (pod for pod in release.pods(component) if "probe" not in pod["metadata"]["labels"])
    in_pod = ("exec", pod["metadata"]["name"], "-c", pod["spec"]["containers"][0]["name"], "--")
    if not release.kubectl(*in_pod, "sh", "-c", "cat /proc/net/if_inet6 || true"):
        pytest.skip("the pods of this cluster have no IPv6")
    release.kubectl(*in_pod, "python", "-c", _TRY, address, str(port))
