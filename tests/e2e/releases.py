"""A release of the chart in a namespace of its own, by helm and kubectl as an operator would use them."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tutti import Client

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts/tutti"
PRODUCTION = ROOT / "docs/how-to/run-in-production.md"
VALUES = Path(__file__).parent / "values.yaml"
PATIENCE_S = 240


def run(*command: str, given: str | None = None) -> str:
    """What a command prints; AssertionError with what it complains about if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, input=given)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def named_image(image: str) -> dict[str, str]:
    """The values of an image that is named by its tag or, after an @, by its digest."""
    repository, _, digest = image.partition("@")
    if digest:
        return {"repository": repository, "digest": digest}
    repository, _, tag = image.rpartition(":")
    return {"repository": repository, "tag": tag}


@dataclass(frozen=True)
class Release:
    """A release that may be installed or not."""

    namespace: str
    name: str = "tutti"
    helm_program: str = "helm"

    def helm(self, *arguments: str, given: str | None = None) -> str:
        """What helm prints."""
        return run(self.helm_program, "--namespace", self.namespace, *arguments, given=given)

    def install(
        self, *files: Path, values: Mapping[str, Any] | None = None, image: str = os.environ.get("TUTTI_IMAGE", "")
    ) -> str:
        """Install or upgrade it with files of values, and over them with `values`; wait until all of it is ready."""
        return self.helm(
            *("upgrade", "--install", self.name, str(CHART)),
            *(f"--values={file}" for file in (VALUES, *files)),
            "--values=-",
            *("--wait", "--timeout", f"{PATIENCE_S}s"),
            given=json.dumps({"image": named_image(image), **(values or {})}),
        )

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """What kubectl prints."""
        return run("kubectl", "--namespace", self.namespace, *arguments, given=given)

    def objects(self, kind: str, *arguments: str) -> list[dict[str, Any]]:
        """Objects of a kind, as the cluster has them."""
        items: list[dict[str, Any]] = json.loads(self.kubectl("get", kind, *arguments, "-o", "json"))["items"]
        return items

    def pods(self, component: str) -> list[dict[str, Any]]:
        """The pods of a component that are not about to end."""
        found = self.objects("pods", "-l", f"app.kubernetes.io/component={component}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def evict(self, pod: str) -> None:
        """Have a pod go, as a drain of its node does."""
        place = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/eviction"
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
        self.kubectl("create", "--raw", place, "-f", "-", given=json.dumps(body))

    @contextmanager
    def forward(self, service: str = "api", port: int = 8000) -> Iterator[str]:
        """host:port at which a service answers; the port-forward ends with the block."""
        target = f"service/{self.name}-{service}"
        command = ["kubectl", "--namespace", self.namespace, "port-forward", target, f":{port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            try:
                assert process.stdout is not None
                found = re.search(r"127\.0\.0\.1:\d+", process.stdout.readline())
                assert found is not None, f"no port-forward to {target}"
                yield found[0]
            finally:
                process.terminate()

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client of its API."""
        with self.forward() as place, Client(f"http://{place}") as client:
            yield client


@contextmanager
def namespace(*, restricted: bool = True) -> Iterator[str]:
    """A namespace that enforces the strictest of Kubernetes' Pod Security Standards; gone at the end."""
    name = f"tutti-e2e-{uuid4().hex[:8]}"
    run("kubectl", "create", "namespace", name)
    try:
        if restricted:
            run("kubectl", "label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
        yield name
    finally:
        with suppress(AssertionError):
            run("kubectl", "delete", "namespace", name, "--wait=false")


def until(happened: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> float:
    """Seconds until it has happened."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < patience_s, f"not within {patience_s:g} s: {what}"
        time.sleep(0.2)
    return time.monotonic() - began
