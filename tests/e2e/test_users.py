"""A release whose API has users, from a Secret."""

import json

import pytest

from tests.e2e.releases import Release, namespace, until
from tutti import Client
from tutti.client import UnauthorizedError

ANNA, BEN = "a password of anna", "a password of ben"


def secret(**passwords: str) -> str:
    content = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "planners"}, "stringData": passwords}
    return json.dumps(content)


def let_in(place: str, password: str) -> bool:
    with Client(f"http://{place}", token=password) as client:
        try:
            return client.status().attention is not None
        except UnauthorizedError:
            return False


def test_users_of_a_secret_are_let_in_and_so_are_those_that_come_into_it_later() -> None:
    with namespace() as name:
        release = Release(name)
        release.kubectl("apply", "-f", "-", given=secret(anna=ANNA))
        release.install(values={"api": {"usersSecret": "planners"}})
        release.helm("test", release.name)
        with release.forward() as place:
            with Client(f"http://{place}") as nobody, pytest.raises(UnauthorizedError):
                nobody.status()
            assert let_in(place, ANNA)
            assert not let_in(place, BEN)
            release.kubectl("replace", "-f", "-", given=secret(ben=BEN))
            # a pod that changes is given what is new in its Secrets, others when it is their turn
            release.kubectl("annotate", "pods", "-l", "app.kubernetes.io/component=api", "users=changed")
            until(lambda: let_in(place, BEN), "the new user is let in")
            assert not let_in(place, ANNA)
