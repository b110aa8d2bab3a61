"""What an operator does to a release after its first day: change values and images, go back, remove, come back."""

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Figures
from tests.e2e.days import EXAMPLE, long_week
from tests.e2e.load import calling
from tests.e2e.releases import CHART, PRODUCTION, Release, namespace, until

SMALL = CHART / "ci/small-values.yaml"
NEXT = os.environ.get("TUTTI_NEXT_IMAGE") or os.environ.get("TUTTI_IMAGE", "")


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    """A release with the chart's defaults that is this file's to change."""
    with namespace() as name:
        fresh = Release(name)
        fresh.install()
        yield fresh


def passwords(release: Release) -> dict[str, str]:
    data: dict[str, str] = json.loads(release.kubectl("get", "secret", "tutti-secrets", "-o", "json"))["data"]
    return data


def names(release: Release, component: str) -> set[str]:
    return {pod["metadata"]["name"] for pod in release.pods(component)}


def test_passwords_stay_over_upgrades(release: Release) -> None:
    made, redis = passwords(release), names(release, "redis")
    for _ in range(2):
        release.install()
    assert passwords(release) == made
    assert names(release, "redis") == redis


def test_an_upgrade_that_changes_nothing_leaves_the_pods_alone(release: Release) -> None:
    before = {component: names(release, component) for component in ("api", "worker-small", "flower", "postgresql")}
    release.install()
    assert {component: names(release, component) for component in before} == before


def test_a_changed_setting_makes_new_pods(release: Release) -> None:
    before = names(release, "api") | names(release, "worker-small")
    release.install(values={"settings": {"TUTTI_MAX_ROUTES": 4321}})
    assert not before & (names(release, "api") | names(release, "worker-small"))
    assert "4321" in release.kubectl("exec", "deploy/tutti-api", "--", "printenv", "TUTTI_MAX_ROUTES")


def test_a_job_outlives_an_upgrade_of_the_image_and_a_rollback(release: Release, figures: Figures) -> None:
    with release.client() as client:
        job = client.submit(long_week())
        until(lambda: client.job(job.id).status == "running", "the job runs")
    changed = {"pod": {"annotations": {"change": "image"}}}
    release.install(values={"api": changed, "workerDefaults": changed}, image=NEXT)
    with release.client() as client:
        until(lambda: client.job(job.id).status == "running", "the job runs on")
    release.helm("rollback", release.name, "--wait", "--timeout", "240s")
    with release.client() as client:
        until(lambda: client.job(job.id).status == "running", "the job runs on after the rollback")
        client.stop(job.id)
        ended = client.wait(job.id)
        moves = [entry.text for entry in client.history(job.id).entries if entry.kind in ("queued", "started")]
    figures.add("a job over an upgrade and a rollback", f"{ended.status}, attempts that counted {ended.attempts}")
    assert (ended.status, ended.attempts) == ("completed", 1), moves


def test_an_upgrade_of_the_api_fails_no_request(release: Release, figures: Figures) -> None:
    before = names(release, "api")
    with calling(release, per_second=20) as calls:
        release.install(values={"api": {"pod": {"annotations": {"change": "again"}}}})
    assert not before & names(release, "api")
    answered, failed = calls.result()
    figures.add("API replaced under 20 requests/s", f"{answered} answered, {len(failed)} failed")
    assert answered > 20
    assert failed == []


def test_a_release_comes_back_to_its_data(release: Release) -> None:
    with release.client() as client:
        job = client.wait(client.submit(EXAMPLE).id)
        plan = client.plan(job.id).document
    release.helm("uninstall", release.name, "--wait")
    release.install()
    with release.client() as client:
        assert client.plan(job.id).document == plan


def test_a_backup_brings_the_jobs_back(release: Release) -> None:
    def in_the_database(command: str) -> None:
        release.kubectl("exec", "tutti-postgresql-0", "--", "sh", "-c", command)

    with release.client() as client:
        job = client.wait(client.submit(EXAMPLE).id)
    in_the_database("pg_dump -U tutti -Fc tutti > /tmp/tutti.dump")
    release.kubectl("delete", "deployment", "-l", f"app.kubernetes.io/instance={release.name}", "--cascade=foreground")
    in_the_database("psql -U tutti tutti -c 'TRUNCATE jobs CASCADE'")
    in_the_database("pg_restore -U tutti -d tutti --clean --if-exists /tmp/tutti.dump")
    release.install()
    with release.client() as client:
        assert client.plan(job.id).certificate.status == "optimal"


@pytest.fixture
def empty() -> Iterator[str]:
    with namespace() as name:
        yield name


def test_two_releases_live_in_one_namespace(empty: str) -> None:
    releases = [Release(empty, name) for name in ("tutti-north", "tutti-of-the-district-of-the-south-west")]
    for release in releases:
        release.install(SMALL, values={"networkPolicy": {"enabled": True}})
    for release in releases:
        assert "Succeeded" in release.helm("test", release.name)


def with_one_value_more(place: Path) -> Path:
    """The chart as a later release may have it: with a value that today's has not, and that must be there."""
    shutil.copytree(CHART, place)
    values, schema = place / "values.yaml", place / "values.schema.json"
    values.write_text(f"{values.read_text()}\nnovelty: {{level: 3}}\n")
    known = json.loads(schema.read_text())
    known["properties"]["novelty"] = {"type": "object"}
    known["required"].append("novelty")
    schema.write_text(json.dumps(known))
    settings = place / "templates/settings.yaml"
    settings.write_text(settings.read_text().rstrip() + "\n  TUTTI_NOVELTY: {{ .Values.novelty.level | quote }}\n")
    return place


def test_the_upgrade_of_the_docs_keeps_ones_values_and_takes_what_is_new_in_the_chart(
    empty: str, tmp_path: Path
) -> None:
    release = Release(empty)
    release.install(SMALL, values={"jobs": {"smallRoutes": 123}})
    place, tag = with_one_value_more(tmp_path / "later"), NEXT.rpartition(":")[2]
    (line,) = re.findall("^    helm (upgrade .* --set image.*)$", PRODUCTION.read_text(), re.MULTILINE)
    for written, meant in (("charts/tutti", str(place)), ("-n tutti", f"-n {empty}"), ("0.2.0", tag)):
        assert written in line
        line = line.replace(written, meant)
    release.helm(*shlex.split(line))
    data = json.loads(release.kubectl("get", "configmap", "tutti-settings", "-o", "json"))["data"]
    assert (data["TUTTI_SMALL_JOB_ROUTES"], data["TUTTI_NOVELTY"]) == ("123", "3")


@pytest.mark.skipif(shutil.which("helm3") is None, reason="no helm3 on the PATH")
def test_helm_3_and_helm_4_take_turns_on_one_release(empty: str) -> None:
    for turn, helm in enumerate(("helm3", "helm", "helm3", "helm")):
        release, replicas = Release(empty, helm_program=helm), 1 + turn % 2
        release.install(SMALL, values={"api": {"replicas": replicas, "pod": {"annotations": {"turn": str(turn)}}}})
        (deployment,) = release.objects("deployments", "-l", "app.kubernetes.io/component=api")
        assert deployment["spec"]["replicas"] == replicas
        assert deployment["spec"]["template"]["metadata"]["annotations"]["turn"] == str(turn)
