"""Conditional requests (RFC 9110) for what never changes: who names the tag of what it has gets no body again."""

from typing import Annotated

from fastapi import Header, Request, Response

IfNoneMatch = Annotated[str | None, Header(description="Tags (`ETag`) of what the client has already.")]


def tag_of(request: Request, job_id: str, form: str) -> str:
    """The tag of a part of a job in one form. A weak one: another version of this program may write it otherwise."""
    return f'W/"{request.app.version}.{job_id}.{form}"'


def names(if_none_match: str | None, tag: str) -> bool:
    """Whether the header has the tag, weak or not."""
    return tag.removeprefix("W/") in (part.strip().removeprefix("W/") for part in (if_none_match or "").split(","))


def is_any(if_none_match: str | None) -> bool:
    """Whether the header is `*`: whatever there is now, the client has it. Ask only when something is there."""
    return (if_none_match or "").strip() == "*"


def unchanged(tag: str, **headers: str) -> Response:
    """The answer for who has it already."""
    return tagged(Response(status_code=304, headers=headers), tag)


def tagged(response: Response, tag: str) -> Response:
    """The answer with its tag, to be asked about each time it is used: its job may be removed."""
    response.headers.update({"ETag": tag, "Cache-Control": "no-cache"})
    return response
