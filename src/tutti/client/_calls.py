"""Each call of `/v1` as a request and the way to read its answer; whoever sends it may block or await."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from tutti.client._errors import refusal, unreadable
from tutti.client._models import History, Job, JobPage, JobPlan, ServiceStatus, Validation
from tutti.client._proxies import counts_for
from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.options import as_object, with_options
from tutti.fleet.reading import parse_json, read_day

T = TypeVar("T")

_IDLE_S = 3.0  # for which a connection is kept: many servers and proxies end theirs after 5 s, or as a call comes
LIMITS = httpx.Limits(
    max_connections=None,  # each watcher has a connection of its own
    max_keepalive_connections=20,
    keepalive_expiry=_IDLE_S,
)
_LONGEST_ID = 1000  # far more than any has, and far less than an address may have
_PAGE = 100
_USERINFO = re.compile(r"^(\w+://)?.*@", re.DOTALL)  # of what may be no address, so that any part may be the password
_TOKEN = re.compile(r"[!-~]([ -~]*[!-~])?")
_KEY = re.compile(r"[!-~]([ -~]{0,253}[!-~])?")  # what a header carries as it is


def server_url(server: str) -> httpx.URL:
    """The address of a server, with the name and password that are in it. InputError if it is none.

    Nor is one with an @ after its host: `http://me:12/secret@host` has the host `me`, and would be shown as it is.
    """
    try:
        url = httpx.URL(server)
        url.host.encode("idna")  # else the look-up would fail so
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        shown = _USERINFO.sub(r"\1", server)
        raise InputError([Finding(shown, "is no address of a server; write it as http://HOST:PORT")])
    if b"@" in url.raw_path or "@" in url.fragment:
        shown = _USERINFO.sub(r"\1...@", server)
        message = "has an @ after its host; write / ? # of a password as %2F %3F %23, and the @ of a path as %40"
        raise InputError([Finding(shown, message)])
    return url


def named(url: httpx.URL) -> str:
    """The address as messages and logs name it: without a name and password."""
    return str(url.copy_with(userinfo=b""))


def credentials(url: httpx.URL) -> tuple[str, str] | None:
    """The name and password in an address, for basic authentication."""
    return (url.username, url.password) if url.userinfo else None


def bearing(token: str) -> Callable[[httpx.Request], httpx.Request]:
    """Adds a password that goes without a name. InputError if no header can carry it."""
    if not _TOKEN.fullmatch(token):
        message = "can't be sent by itself, for it is not of ASCII, or has a space or line break at an end"
        raise InputError([Finding("token", message)])

    def bear(request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return bear


def connections(url: httpx.URL, token: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What httpx is told of the connections to a server; what is `given` wins, then a name and password in the address.

    InputError if the token can't be sent.
    """
    auth = credentials(url) or (None if token is None else bearing(token))
    return {"auth": auth, "limits": LIMITS, "trust_env": counts_for(url), **given}


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request; `read` takes what it is about from the body of a successful answer."""

    read: Callable[[bytes], T]
    method: str
    path: str
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str | list[str]] = field(default_factory=dict)

    def request(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """The request as `http` sends it."""
        return http.build_request(
            self.method, self.path, content=self.content, headers=self.headers, params=self.query or None
        )

    def result(self, answer: httpx.Response) -> T:
        """What was asked for. Raises RefusedError or UnreadableError."""
        if not answer.is_success:
            raise refusal(answer)
        try:
            return self.read(answer.content)
        except (ValidationError, InputError, KeyError, TypeError):
            raise unreadable(answer) from None


def job_path(job_id: str, part: str = "") -> str:
    """Where a job, or a part of it, is. InputError for a text that is too long to be an id."""
    if len(job_id) > _LONGEST_ID:
        raise InputError([Finding("job", f"{job_id[:40]}... is no id of a job: it has {len(job_id)} characters")])
    name = quote(job_id, safe="", errors="replace").replace(".", "%2E")  # ".." would lead out of the jobs
    return f"v1/jobs/{name}{part}"


def submit(content: object, options: Mapping[str, object] | None, idempotency_key: str | None) -> Call[Job]:
    """A day to plan; `options` win over those in it. InputError for a key that can't be sent."""
    if options:
        content = with_options(content, options)
    headers = {}
    if idempotency_key is not None:
        if not _KEY.fullmatch(idempotency_key):
            message = f"{idempotency_key!r} can't be sent; a key is 1 to 255 characters of ASCII, spaces only within"
            raise InputError([Finding("idempotency key", message)])
        headers["Idempotency-Key"] = idempotency_key
    return _posted(Job.model_validate_json, "v1/jobs", content, headers)


def validate(content: object, plan: object | None) -> Call[Validation]:
    """A day to check, with a plan for it or without."""
    if plan is not None:
        content = {**as_object(content), "plan": plan}
    return _posted(Validation.model_validate_json, "v1/validate", content, {})


def job(job_id: str) -> Call[Job]:
    """A job as it is now."""
    return Call(Job.model_validate_json, "GET", job_path(job_id))


def page(status: str | Collection[str], cursor: int | None) -> Call[JobPage]:
    """The jobs from a cursor on. status: one, or several of them."""
    statuses = [status] if isinstance(status, str) else status
    query: dict[str, str | list[str]] = {"limit": str(_PAGE), "status": [str(each) for each in statuses]}
    if cursor is not None:
        query["cursor"] = str(cursor)
    return Call(JobPage.model_validate_json, "GET", "v1/jobs", query=query)


def plan(job_id: str) -> Call[JobPlan]:
    """The plan of a job that has ended."""
    return Call(_read_plan, "GET", job_path(job_id, "/plan"), headers={"Accept": "application/json"})


def day(job_id: str) -> Call[Day]:
    """The day that a job plans."""
    return Call(_read_day, "GET", job_path(job_id, "/day"))


def history(job_id: str) -> Call[History]:
    """What happened to a job."""
    return Call(History.model_validate_json, "GET", job_path(job_id, "/history"))


def status() -> Call[ServiceStatus]:
    """How the service is."""
    return Call(ServiceStatus.model_validate_json, "GET", "v1/status")


def stop(job_id: str) -> Call[Job]:
    """End a job soon."""
    return Call(Job.model_validate_json, "POST", job_path(job_id, "/stop"))


def cancel(job_id: str) -> Call[Job]:
    """Give a job up."""
    return Call(Job.model_validate_json, "DELETE", job_path(job_id))


def _posted(read: Callable[[bytes], T], path: str, content: object, headers: Mapping[str, str]) -> Call[T]:
    data = json.dumps(content, separators=(",", ":")).encode()
    return Call(read, "POST", path, data, {"Content-Type": "application/json", **headers})


def _read_plan(body: bytes) -> JobPlan:
    return JobPlan.of(OBJECT.validate_json(body))


def _read_day(body: bytes) -> Day:
    return read_day(parse_json(body, len(body)))


OBJECT = TypeAdapter(dict[str, object])
