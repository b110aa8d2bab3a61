"""Turns errors into answers: problem details (RFC 9457) in /v1, `{"detail": ...}` on the kept surface."""

import logging
import re
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Match, Route
from structlog.contextvars import get_contextvars

from tutti.api.answering import REQUEST_ID
from tutti.api.errors import RefusedError, UnavailableError
from tutti.fleet.errors import Finding, InputError
from tutti.jobs.errors import KeyReusedError, first_line, is_full

logger = logging.getLogger(__name__)

_STORE_RETRY_S = 5


class ProblemFinding(BaseModel):
    """One thing that is wrong with the input."""

    path: str
    message: str


class Problem(BaseModel):
    """Problem details, RFC 9457. `detail` is a sentence for people; `errors` lists every finding of a 422."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemFinding] | None = None


def install(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Answer every error of a request in the form of its surface. `routes` are all that the application has."""

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> JSONResponse:
        return refusal(request, error)

    @app.exception_handler(InputError)
    async def bad_input(request: Request, error: InputError) -> JSONResponse:
        return _bad_input(request, error.findings)

    @app.exception_handler(RequestValidationError)
    async def bad_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
        return _bad_input(
            request, [Finding(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors()]
        )

    @app.exception_handler(KeyReusedError)
    async def key_reused(request: Request, error: KeyReusedError) -> JSONResponse:
        return _bad_input(request, [Finding("header.Idempotency-Key", str(error))])

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        detail = f"{request.method} {request.url.path}: {status.description or status.phrase}"
        headers = dict(error.headers or {})
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_allowed(request, routes))
        return _answer(request, error.status_code, status.phrase, detail, headers=headers)

    @app.exception_handler(OperationalError)
    async def store_away(request: Request, error: OperationalError) -> JSONResponse:
        logger.warning("the job store is away: %s", first_line(error))
        why = "has no room left on its disk" if is_full(error) else "can't be reached"
        away = UnavailableError(f"the job store {why}; try again soon", retry_after_s=_STORE_RETRY_S)
        return refusal(request, away)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        # It is logged with its traceback; the client learns that it is not its fault, and how to find that.
        headers = {REQUEST_ID: get_contextvars().get("request_id", "")}
        detail = "something failed here that was not foreseen; the log has more"
        return _answer(request, 500, "Internal error", detail, headers=headers)


def refusal(connection: HTTPConnection, error: RefusedError) -> JSONResponse:
    """The answer to what is refused so."""
    return _answer(connection, error.status, error.title, str(error), headers=error.headers)


def _bad_input(request: Request, findings: list[Finding] | tuple[Finding, ...]) -> JSONResponse:
    if not _is_v1(request):  # the shape that clients of FastAPI services know
        detail = [{"loc": ["body", *_loc(one.path)], "msg": one.message, "type": "value_error"} for one in findings]
        return JSONResponse({"detail": detail}, 422)
    count = "one problem" if len(findings) == 1 else f"{len(findings)} problems"
    return _answer(request, 422, "Bad input", f"the input has {count}: {findings[0]}", findings=findings)


def _answer(
    connection: HTTPConnection,
    status: int,
    title: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    findings: list[Finding] | tuple[Finding, ...] = (),
) -> JSONResponse:
    if not _is_v1(connection):
        return JSONResponse({"detail": detail}, status, headers)
    errors = [ProblemFinding(path=one.path, message=one.message) for one in findings] or None
    problem = Problem(title=title, status=status, detail=detail, instance=connection.url.path, errors=errors)
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers, media_type="application/problem+json")


def _allowed(request: Request, routes: Sequence[BaseRoute]) -> list[str]:
    """The methods of all routes with this path; Starlette names those of the first one only."""
    here = [route for route in routes if isinstance(route, Route) and route.matches(request.scope)[0] != Match.NONE]
    return sorted({method for route in here for method in route.methods or ()})


def _is_v1(connection: HTTPConnection) -> bool:
    return connection.url.path.startswith("/v1/")


def _loc(path: str) -> list[str | int]:
    """`routes[12].stops[3].lat` as ["routes", 12, "stops", 3, "lat"]."""
    return [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
