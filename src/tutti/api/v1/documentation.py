"""What the OpenAPI document says of refusals: problem details, with the meaning of each status here."""

from typing import Any

from tutti.api.problems import Problem

_MEANINGS = {
    404: "There is no such job.",
    406: "None of the accepted media types can be had.",
    408: "The body did not arrive in time.",
    409: "Not in the job's present state; `Retry-After` says when to ask again.",
    410: "The job failed or was cancelled and has no plan to show.",
    413: "More than a limit allows; the limit is in the text.",
    415: "The body is neither JSON nor gzip of it.",
    422: "Bad input, with every finding.",
    429: "The queue, or the client's share of it, is full.",
    503: "The job store can't be reached.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of these statuses."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}
