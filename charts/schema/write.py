"""values.yaml, values.schema.json and the README's table, written from the models."""

import json
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import BaseModel

from charts.schema.parts import Part
from charts.schema.values import Values

_BY_NAME = ("properties", "patternProperties", "definitions")  # keys whose values are mappings by names of the user's
_MAY_BE_NULL = ("#/definitions/Resources", "#/definitions/Secret")  # nothing asked for, no Secret of the user's
_HEAD = "# Everything that can be set, with its default. Written by `make chart` from charts/schema.\n"


def values_yaml() -> str:
    """The defaults, each under a comment that says what it means."""
    return _HEAD + "".join(_lines(Values(), ""))


def schema_json() -> str:
    """The JSON Schema by which Helm refuses values, in the draft that every Helm 3 and 4 knows."""
    schema = Values.model_json_schema(ref_template="#/definitions/{model}")
    schema["definitions"] = schema.pop("$defs")
    for part in (schema, *schema["definitions"].values()):
        _refuse_null(part)
    return json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", **_plain(schema)}, indent=2) + "\n"


def readme_table() -> str:
    """All values as a Markdown table; those that are mappings of others, or are not set, without a default."""
    rows = [f"| `{name}` | {default} | {meaning} |\n" for name, default, meaning in _rows(Values(), "")]
    return "".join(["| value | default | meaning |\n", "| --- | --- | --- |\n", *rows])


def _fields(part: BaseModel) -> Iterator[tuple[str, Any, str]]:
    """Name, default (None: it is not set) and meaning of each value of a mapping."""
    for attribute, field in type(part).model_fields.items():
        yield field.alias or attribute, getattr(part, attribute), field.description or ""


def _is_written_out(name: str, value: Any) -> bool:
    """Whether it is a mapping whose values are shown one by one: a component's pod has those of podDefaults."""
    return isinstance(value, Part) and name != "pod"


def _lines(part: Part, indent: str) -> Iterator[str]:
    for name, value, meaning in _fields(part):
        if not indent:
            yield "\n"
        yield f"{indent}# {meaning}\n"
        if value is None:
            yield f"{indent}# {name}:\n"
        elif _is_written_out(name, value):
            yield f"{indent}{name}:\n" if value.model_dump(exclude_none=True) else f"{indent}{name}: {{}}\n"
            yield from _lines(value, indent + "  ")
        else:
            yield from _plain_lines(name, value, indent)


def _plain_lines(name: str, value: Any, indent: str) -> Iterator[str]:
    text = yaml.safe_dump({name: dumped(value)}, sort_keys=False, width=1000)
    for line in text.splitlines():
        yield f"{indent}{line}\n"


def dumped(value: Any) -> Any:
    """A default as YAML has it."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_none=True, exclude_unset=True)
    if isinstance(value, dict):
        return {key: dumped(one) for key, one in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rows(part: Part, path: str) -> Iterator[tuple[str, str, str]]:
    for name, value, meaning in _fields(part):
        if _is_written_out(name, value):
            yield path + name, "", meaning
            yield from _rows(value, f"{path}{name}.")
        else:
            yield path + name, "" if value is None else f"`{json.dumps(dumped(value))}`", meaning


def _refuse_null(part: dict[str, Any]) -> None:
    """Have there what templates count on: with null Helm takes a default away, and they would look into nothing."""
    there = [name for name, one in part.get("properties", {}).items() if _must_be_there(one)]
    if there:
        part["required"] = sorted({*part.get("required", []), *there})


def _must_be_there(value: dict[str, Any]) -> bool:
    """Whether it is a mapping of others, or a text, number or truth that is not empty by default."""
    if "$ref" in value:
        return value["$ref"] not in _MAY_BE_NULL
    return value.get("type") not in ("array", "object") and bool(value.get("default"))


def _plain(schema: Any) -> Any:
    """The schema without the titles and defaults that Pydantic adds: values.yaml has the defaults."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {
        key: {name: _plain(one) for name, one in value.items()} if key in _BY_NAME else _plain(value)
        for key, value in schema.items()
        if key not in ("title", "default")
    }
    return {"additionalProperties": False, **plain} if "patternProperties" in plain else plain
