"""Every case of charts/tutti/ci installs and plans."""

import json
from pathlib import Path

import pytest

from tests.e2e.days import EXAMPLE
from tests.e2e.releases import CHART, Release, namespace

# but for the small one, on which test_changes has two releases plan
CASES = sorted(set((CHART / "ci").glob("*-values.yaml")) - {CHART / "ci/small-values.yaml"})
_IDLE = {"workerDefaults": {"replicas": 0}, "flower": {"enabled": False}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_case_installs_and_plans(case: Path) -> None:
    with namespace() as name:
        release = Release(name)
        release.install(case)
        with release.client() as client:
            assert client.wait(client.submit(EXAMPLE).id).status == "completed"


def test_a_release_plans_on_stores_that_are_not_its_own_with_passwords_full_of_signs() -> None:
    password = "a/b@c:d?e#f%25 &'\"$(X)"
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": {"word": password}}
    existing = {"existingSecret": {"name": "mine", "key": "word"}}
    with namespace() as name:
        stores, release = Release(name, "stores"), Release(name)
        stores.kubectl("apply", "-f", "-", given=json.dumps(secret))
        stores.install(
            values={"redis": existing, "postgresql": existing, "networkPolicy": {"enabled": False}, **_IDLE},
        )
        release.install(
            values={
                "redis": {**existing, "enabled": False, "external": {"host": "stores-tutti-redis", "database": 1}},
                "postgresql": {**existing, "enabled": False, "external": {"host": "stores-tutti-postgresql"}},
                "flower": existing,
            }
        )
        with release.client() as client:
            assert client.wait(client.submit(EXAMPLE).id).status == "completed"
