"""Texts that YAML could take for numbers: a namespace called 2026, a password under the key 1234."""

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chart.rendering import CHART, Object, Renderer
from tests.chart.test_every_value import ALL_ON, at, over

_NUMBER = 4711
# They are for stores of one's own, of which there are none here, make names that must not begin with a digit, or are
# settings: of those that are texts the chart says each by itself.
_ELSEWHERE = re.compile(r"\.external\.|Override$|^settings\.")
_SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())


def texts(part: dict[str, Any] = _SCHEMA, path: str = "") -> Iterator[str]:
    """Each value that may be such a text, by its path."""
    while "$ref" in part:
        part = _SCHEMA["definitions"][part["$ref"].rpartition("/")[2]]
    for name, below in part.get("properties", {}).items():
        yield from texts(below, f"{path}.{name}".lstrip("."))
    kinds = [part, *part.get("anyOf", [])]
    is_text = any(kind.get("type") == "string" for kind in kinds) and "enum" not in part
    if is_text and re.search(part.get("pattern", ""), str(_NUMBER)) and not _ELSEWHERE.search(path):
        yield path


def numbers(part: Any, path: str) -> Iterator[str]:
    """The places of objects in which one of the texts has become a number."""
    for name, below in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from numbers(below, f"{path}.{name}")
    if isinstance(part, int) and part in (_NUMBER, _NUMBER + 1, _NUMBER + 2):
        yield path


@pytest.mark.skipif(shutil.which("helm") is None, reason="no helm on the PATH")
def test_a_text_that_looks_like_a_number_stays_a_text() -> None:
    values: Object = over(ALL_ON, {"fullnameOverride": "t"})
    for path in texts():
        values = over(values, at(path, str(_NUMBER)))
    rendered = Renderer("helm").render(values, name=str(_NUMBER + 1), namespace=str(_NUMBER + 2))
    of_objects = ((f"{found['kind']}/{found['metadata']['name']}", found) for found in rendered.objects)
    assert [place for name, found in of_objects for place in numbers(found, name)] == []
