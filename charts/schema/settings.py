"""What `settings` may hold: the program's own settings, by their variables, each with what it may be."""

from typing import Annotated, Any

from pydantic import WithJsonSchema

from tutti.settings import Settings

_AS_TEXT = {"integer": "^[0-9]+$", "number": "^[0-9]+([.][0-9]*)?$", "boolean": "^(true|false)$"}


def _as_variable(field: dict[str, Any]) -> dict[str, Any]:
    """A setting as one may write it: a number or a truth as such or, as all variables are in the end, as a text."""
    kind = field["type"]
    if kind == "string":
        return {key: value for key, value in field.items() if key in ("type", "enum", "description")}
    return {**field, "type": [kind, "string"], "pattern": _AS_TEXT[kind]}


_FIELDS = Settings.model_json_schema(by_alias=False)["properties"]
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {f"TUTTI_{name.upper()}": _as_variable(field) for name, field in _FIELDS.items()},
}
# A misspelt name is refused: it would do nothing, of which only `tutti doctor` tells.
SettingsByVariable = Annotated[dict[str, str | int | float | bool], WithJsonSchema(_SCHEMA)]
