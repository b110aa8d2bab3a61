"""The chart as plain manifests, applied by kubectl alone."""

import json
import os

from tests.e2e.days import EXAMPLE
from tests.e2e.releases import ROOT, VALUES, Release, named_image, namespace, run

_MANIFESTS = ROOT / "out/manifests.yaml"
_SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": {"password": "a/b@c:d"}}


def apply(release: Release, values: dict[str, object]) -> None:
    """What docs/how-to/install-on-kubernetes.md says, and then wait until all of it is there."""
    given = json.dumps(values)
    run("make", "--silent", "-C", str(ROOT), "manifests", f"VALUES={VALUES} --values=-", given=given)
    release.kubectl("apply", "-f", str(_MANIFESTS))
    for kind in ("statefulset", "deployment"):
        for found in release.objects(kind):
            release.kubectl("rollout", "status", f"{kind}/{found['metadata']['name']}", "--timeout=240s")


def test_manifests_install_and_upgrade_without_helm() -> None:
    own = {"existingSecret": {"name": "mine"}}
    values = {"postgresql": own, "redis": own, "flower": own, "image": named_image(os.environ["TUTTI_IMAGE"])}
    with namespace() as name:
        release = Release(name)
        release.kubectl("apply", "-f", "-", given=json.dumps(_SECRET))
        apply(release, values)
        with release.client() as client:
            job = client.wait(client.submit(EXAMPLE).id)
            assert job.status == "completed"
        apply(release, {**values, "settings": {"TUTTI_MAX_ROUTES": 4321}})
        assert "4321" in release.kubectl("exec", "deploy/tutti-api", "--", "printenv", "TUTTI_MAX_ROUTES")
        with release.client() as client:
            assert client.job(job.id).status == "completed"
            assert client.wait(client.submit(EXAMPLE).id).status == "completed"
