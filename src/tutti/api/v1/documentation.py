"""What the OpenAPI document says of refusals: problem details, with the meaning of each status here."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tutti.api.access import OPEN
from tutti.api.answering import LOOKS
from tutti.api.kept import Refusal
from tutti.api.problems import Problem

_MEANINGS = {
    401: "Nobody's credentials: the service has users.",
    403: "A page of another site asks.",
    404: "There is no such job.",
    406: "None of the accepted media types can be had.",
    408: "The body did not arrive in time.",
    409: "Not in the job's present state.",
    410: "The job failed or was cancelled and has no plan to show.",
    413: "More than a limit allows; the limit is in the text.",
    415: "The body is of another type, or compressed otherwise than by gzip.",
    422: "Bad input, with every finding.",
    429: "The queue, or the client's share of it, is full.",
    503: "The job store can't be reached, or a broker without which no job is taken is away or full.",
}
_SCHEMES = {"basic": "A user's name and password.", "bearer": "A user's password."}
_RETRY = {"Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "integer"}}}
_RETRIED = (409, 429, 503)
_PLACE = "#/components/schemas/"
_UNUSED = ("HTTPValidationError", "ValidationError")  # FastAPI's own form of a 422, which nobody is answered


def operation_id(route: APIRoute) -> str:
    """What programs that are made of the document call an endpoint, such as `jobs_submit`."""
    return "_".join([*map(str, route.tags), route.name])


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of these statuses."""
    content = {"application/problem+json": {"schema": {"$ref": f"{_PLACE}{Problem.__name__}"}}}
    return {
        status: {
            "description": _MEANINGS[status],
            "content": content,
            **({"headers": _RETRY} if status in _RETRIED else {}),
        }
        for status in statuses
    }


def header(name: str, description: str) -> dict[str, Any]:
    """The documentation of an answer's header."""
    return {name: {"description": description, "schema": {"type": "string"}}}


def complete(app: FastAPI, *, guarded: bool) -> None:
    """Have the document hold what `problems` refers to, and no refusal that FastAPI supposes and nobody gets.

    guarded: the service has users, so that there are schemes of security, and refusals for whoever is none.
    """
    make = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(make())
            if guarded:
                _guard(make())
        return make()

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI has for it


def _complete(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=f"{_PLACE}{{model}}")
    schemas |= {**problem.pop("$defs"), Problem.__name__: problem}
    for operations in document["paths"].values():
        for operation in operations.values():
            if _supposed(operation["responses"].get("422", {})):
                del operation["responses"]["422"]
    for name in _UNUSED:
        del schemas[name]


def _guard(document: dict[str, Any]) -> None:
    """Say who may ask, and what everyone else is answered."""
    document["components"]["securitySchemes"] = {
        scheme: {"type": "http", "scheme": scheme, "description": told} for scheme, told in _SCHEMES.items()
    }
    document["security"] = [{scheme: []} for scheme in _SCHEMES]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path in OPEN:
                operation["security"] = []
                continue
            for status in (401, 503) if method.upper() in LOOKS else (401, 403, 503):
                operation["responses"].setdefault(str(status), _refused(path, status))


def _refused(path: str, status: int) -> dict[str, Any]:
    """The documentation of a refusal in the form of the path's surface."""
    if path.startswith("/v1/"):
        return problems(status)[status]
    content = {"application/json": {"schema": {"$ref": f"{_PLACE}{Refusal.__name__}"}}}
    return {"description": _MEANINGS[status], "content": content}


def _supposed(answer: dict[str, Any]) -> bool:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return bool(schema.get("$ref", "").removeprefix(_PLACE) in _UNUSED)
