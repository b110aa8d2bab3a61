"""The chart rendered by Helm, as objects."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

CHART = Path(__file__).parents[2] / "charts/tutti"

Object = dict[str, Any]


def helms() -> list[Any]:
    """Each Helm that there is; one skipped parameter where there is none."""
    found = [name for name in ("helm", "helm3") if shutil.which(name)]
    return found or [pytest.param("helm", marks=pytest.mark.skip(reason="no helm on the PATH"))]


def containers(pod: Object) -> list[Object]:
    """The containers of a pod's specification."""
    return [*pod.get("initContainers", []), *pod["containers"]]


class Rendered:
    """The objects of one rendering."""

    def __init__(self, text: str) -> None:
        self.objects: list[Object] = [found for found in yaml.load_all(text, yaml.CSafeLoader) if found]

    def of(self, kind: str) -> dict[str, Object]:
        """The objects of a kind by name."""
        return {found["metadata"]["name"]: found for found in self.objects if found["kind"] == kind}

    def pods(self) -> dict[str, Object]:
        """The specifications of all pods, by the name of what makes them."""
        templates = {}
        for found in self.objects:
            if found["kind"] == "Pod":
                templates[found["metadata"]["name"]] = found["spec"]
            elif "template" in found.get("spec", {}):
                templates[found["metadata"]["name"]] = found["spec"]["template"]["spec"]
        return templates


class Renderer:
    """One of the Helms, with Tutti's chart or a changed copy of it."""

    def __init__(self, helm: str, chart: Path = CHART) -> None:
        self._helm = helm
        self._chart = chart

    def of(self, chart: Path) -> "Renderer":
        """The same Helm with another chart."""
        return Renderer(self._helm, chart)

    def run(self, *arguments: str, values: Mapping[str, Any] | None = None) -> "subprocess.CompletedProcess[str]":
        """What it says to some values."""
        return subprocess.run(
            [self._helm, *arguments, str(self._chart), "--values", "-"],
            input=yaml.safe_dump(dict(values or {})),
            env=os.environ | {"GOGC": "off"},  # it ends before collecting garbage is worth the time
            capture_output=True,
            text=True,
            check=False,
        )

    def render(
        self, values: Mapping[str, Any] | None = None, *, name: str = "t", namespace: str = "default"
    ) -> Rendered:
        """The objects that some values make."""
        return Rendered(self.text(values, name=name, namespace=namespace))

    def text(self, values: Mapping[str, Any] | None = None, *, name: str = "t", namespace: str = "default") -> str:
        """The manifests that some values make."""
        done = self.run("template", name, "--namespace", namespace, "--kube-version", "1.34.0", values=values)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, values: Mapping[str, Any], *, name: str = "t") -> str:
        """What it says when it refuses some values."""
        done = self.run("template", name, "--kube-version", "1.34.0", values=values)
        assert done.returncode != 0, "it took these values"
        return done.stderr
