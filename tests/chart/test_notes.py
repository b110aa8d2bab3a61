"""What Helm says when the chart is installed."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.chart.rendering import CHART, Renderer

NOTES = """
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data: {text: {{ include (print $.Template.BasePath "/NOTES.txt") . | quote }}}
"""


def notes(helm: Renderer, values: Mapping[str, Any], folder: Path) -> str:
    """The chart's notes. Only an installation shows them, so that a copy of the chart makes an object of them."""
    chart = folder / "chart"
    shutil.copytree(CHART, chart)
    (chart / "templates/notes.yaml").write_text(NOTES)
    text: str = helm.of(chart).render(values).of("ConfigMap")["notes"]["data"]["text"]
    return text


@pytest.mark.parametrize(
    ("tls", "schemes"),
    [
        ([], ["http", "http", "http"]),
        ([{"hosts": ["a.example"]}], ["https", "http", "http"]),
        ([{"hosts": ["c.example"]}, {"hosts": ["*.x.example"]}], ["http", "https", "https"]),
        ([{"hosts": ["*.example"]}], ["https", "http", "https"]),
        ([{"secretName": "for-all"}], ["https", "https", "https"]),
    ],
)
def test_the_notes_name_each_host_by_https_if_a_certificate_is_for_it(
    helm: Renderer, tmp_path: Path, tls: list[Any], schemes: list[str]
) -> None:
    hosts = ["a.example", "b.x.example", "c.example"]
    ingress = {"enabled": True, "hosts": [{"host": host} for host in hosts], "tls": tls}
    told = notes(helm, {"api": {"ingress": ingress}}, tmp_path)
    places = [line.split()[-1] for line in told.splitlines() if "Its address" in line]
    assert places == [f"{scheme}://{host}/" for scheme, host in zip(schemes, hosts, strict=True)]


@pytest.mark.parametrize(
    ("users", "sentence"),
    [
        ("", "Whoever reaches the API may use it: put users into a Secret, and name that in api.usersSecret."),
        ("planners", "The API lets in the users of the Secret planners: tutti takes the password of one"),
    ],
)
def test_the_notes_say_who_may_use_it(helm: Renderer, tmp_path: Path, users: str, sentence: str) -> None:
    assert sentence in " ".join(notes(helm, {"api": {"usersSecret": users}}, tmp_path).split())
