"""What is written from the models is as the models are."""

import json
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from charts.schema.parts import PodOptions
from charts.schema.values import Values
from charts.schema.write import readme_table, schema_json, values_yaml

from tests.chart.rendering import CHART, Object, Renderer, containers
from tests.chart.test_every_value import leaves
from tutti.settings import Settings

CASES = sorted((CHART / "ci").glob("*-values.yaml"))
SETTINGS = {f"TUTTI_{name.upper()}" for name in Settings.model_fields}


def names_of_variables(pod: Object) -> set[str]:
    return {variable["name"] for container in containers(pod) for variable in container.get("env", [])}


def test_the_files_are_those_that_the_models_make() -> None:
    reason = "run `make chart`"
    assert (CHART / "values.yaml").read_text() == values_yaml(), reason
    assert (CHART / "values.schema.json").read_text() == schema_json(), reason
    assert readme_table() in (CHART / "README.md").read_text(), reason


def test_the_defaults_keep_the_models() -> None:
    Values.model_validate(yaml.safe_load((CHART / "values.yaml").read_text()))


def test_every_value_says_what_it_means() -> None:
    definitions = json.loads(schema_json())["definitions"].values()
    silent = [name for part in definitions for name, value in part["properties"].items() if "description" not in value]
    assert not silent


def test_the_table_and_the_values_show_what_is_not_set_too() -> None:
    unset = [f"podDefaults.{field.alias}" for field in PodOptions.model_fields.values()]
    names = [*unset, *(name for name, _ in leaves(Values()))]
    assert [name for name in names if f"| `{name}` |" not in readme_table()] == []
    assert [name for name in names if f"{name.rpartition('.')[2]}:" not in values_yaml()] == []


def test_every_setting_that_the_chart_sets_is_one(helm: Renderer) -> None:
    rendered = helm.render()
    written = set(rendered.of("ConfigMap")["t-tutti-settings"]["data"])
    for pod in rendered.pods().values():
        written |= names_of_variables(pod)
    assert {name for name in written if name.startswith("TUTTI_")} - SETTINGS <= {"TUTTI_SERVER"}


def test_a_setting_that_pods_are_given_is_refused_among_those_of_all(helm: Renderer) -> None:
    pods = helm.render(
        {"autoscaling": {"mode": "keda", "idleFirst": {"enabled": True}}, "api": {"usersSecret": "planners"}}
    ).pods()
    given = {name for pod in pods.values() for name in names_of_variables(pod)} & SETTINGS
    assert {"TUTTI_SOLVE_CORES", "TUTTI_POD_NAME", "TUTTI_USERS_DIR", "TUTTI_DEMAND_PASSWORD"} < given
    for name in given:
        assert f"settings.{name} is set by the chart" in helm.refusal({"settings": {name: "1"}})


def test_times_of_jobs_are_those_of_the_program_unless_set(helm: Renderer) -> None:
    written = helm.render().of("ConfigMap")["t-tutti-settings"]["data"]
    for name in ("lease_s", "heartbeat_s", "checkpoint_s", "stop_grace_s", "hard_limit_s", "soft_limit_s"):
        assert float(written[f"TUTTI_{name.upper()}"]) == Settings.model_fields[name].default


def test_parts_of_seconds_can_be_set_on_the_command_line(helm: Renderer) -> None:
    """Where Helm takes whole numbers for such, and whatever has a point for text."""
    times = "jobs.heartbeatSeconds=0.5,jobs.leaseSeconds=1.5,jobs.stopGraceSeconds=.5"
    done = helm.run("template", "--kube-version", "1.34.0", "--set", times)
    assert done.returncode == 0, done.stderr
    for name, value in {"HEARTBEAT": "0.5", "LEASE": "1.5", "STOP_GRACE": ".5"}.items():
        assert f'TUTTI_{name}_S: "{value}"' in done.stdout


def test_chart_examples_and_pages_have_the_version_of_the_program() -> None:
    root = CHART.parents[1]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    production = yaml.safe_load((root / "k8s/values-production.yaml").read_text())
    assert {chart["version"], chart["appVersion"], production["image"]["tag"]} == {version("tutti")}
    page = (root / "docs/how-to/install-on-kubernetes.md").read_text()
    assert set(re.findall(r"(?:VERSION=|/tutti:)(\d[\w.]*)", page)) == {version("tutti")}


@pytest.mark.parametrize("case", [None, *CASES], ids=lambda case: case.stem if case else "defaults")
def test_lint_has_nothing_to_say(helm: Renderer, case: Path | None) -> None:
    values = yaml.safe_load(case.read_text()) if case else {}
    done: subprocess.CompletedProcess[str] = helm.run("lint", "--strict", values=values)
    assert done.returncode == 0, done.stdout
