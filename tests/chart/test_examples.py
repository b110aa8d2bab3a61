"""The files of k8s/ and skaffold.yaml fit the chart and each other."""

from pathlib import Path

import pytest
import yaml

from tests.chart.rendering import CHART, Renderer

ROOT = CHART.parents[1]
VALUES = sorted((ROOT / "k8s").glob("values-*.yaml"))


@pytest.mark.parametrize("file", VALUES, ids=lambda file: file.stem)
def test_the_values_render(helm: Renderer, file: Path) -> None:
    assert helm.render(yaml.safe_load(file.read_text())).of("Deployment")


def test_production_has_no_store_of_its_own_and_no_password_in_its_manifests(helm: Renderer) -> None:
    rendered = helm.render(yaml.safe_load((ROOT / "k8s/values-production.yaml").read_text()))
    assert rendered.of("StatefulSet") == {}
    assert [secret.get("data") for secret in rendered.of("Secret").values()] in ([], [{}])


def test_production_renders_the_same_each_time(helm: Renderer) -> None:
    values = yaml.safe_load((ROOT / "k8s/values-production.yaml").read_text())
    assert helm.render(values).objects == helm.render(values).objects


def test_kind_maps_the_port_of_its_values(helm: Renderer) -> None:
    cluster = yaml.safe_load((ROOT / "k8s/kind.yaml").read_text())
    service = helm.render(yaml.safe_load((ROOT / "k8s/values-kind.yaml").read_text())).of("Service")["t-tutti-api"]
    mapped = cluster["nodes"][0]["extraPortMappings"][0]["containerPort"]
    assert service["spec"]["ports"][0]["nodePort"] == mapped


def test_skaffold_and_argo_name_files_that_are_there() -> None:
    skaffold = yaml.safe_load((ROOT / "skaffold.yaml").read_text())["deploy"]["helm"]["releases"][0]
    argo = yaml.safe_load((ROOT / "k8s/argocd.yaml").read_text())["spec"]["source"]
    named = [skaffold["chartPath"], *skaffold["valuesFiles"], argo["path"]]
    named += [f"{argo['path']}/{file}" for file in argo["helm"]["valueFiles"]]
    assert [place for place in named if not (ROOT / place).exists()] == []
