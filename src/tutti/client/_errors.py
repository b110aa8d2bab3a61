"""Why a call came to nothing."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
from pydantic import BaseModel, ValidationError

from tutti.client._proxies import ADVICE, is_on_the_way
from tutti.fleet.errors import Finding, TuttiError

_SECONDS = re.compile(r"[0-9]{1,9}")  # a date is passed over, and so is what no one waits for


class ClientError(TuttiError):
    """A call that came to nothing; the text is a sentence that says why.

    ClientError
    ├── UnreachableError           no connection, or it broke: what became of the request is not known
    │   └── TimedOutError          no answer in time
    ├── UnreadableError            an answer that is none of this service
    └── RefusedError               problem details (RFC 9457): status, title, detail, findings, retry_after_s
        ├── UnauthorizedError      401  the service has users, and this is none of them
        ├── UnknownJobError        404  no job has this id
        ├── ConflictError          409  not in the job's present state, such as a plan that is not there yet
        ├── GoneError              410  the job failed or was cancelled and has no plan
        ├── TooLargeError          413  more than a limit allows; the limit is in the detail
        ├── InvalidError           422  bad input; findings has everything that is wrong
        ├── TooManyJobsError       429  the queue, or the client's share of it, is full
        └── UnavailableError       502, 503, 504  something that the service needs is away
    """


class UnreachableError(ClientError):
    """No connection to the server, or it broke."""


class TimedOutError(UnreachableError):
    """The server gave no answer in time."""


class UnreadableError(ClientError):
    """The answer is none of this service: the address is another server's."""


class RefusedError(ClientError):
    """What the server does not do. retry_after_s: it asks to wait that long before another try."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        findings: Sequence[Finding] = (),
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.findings = tuple(findings)
        self.retry_after_s = retry_after_s


class UnauthorizedError(RefusedError):
    """The server lets in its users only, and no name and password, or none of theirs, were sent."""


class UnknownJobError(RefusedError):
    """No job has this id."""


class ConflictError(RefusedError):
    """Not possible in the job's present state."""


class GoneError(RefusedError):
    """The job has no plan and never will have one."""


class TooLargeError(RefusedError):
    """More than a limit of the server allows."""


class InvalidError(RefusedError):
    """Bad input; `findings` has everything that is wrong."""


class TooManyJobsError(RefusedError):
    """The queue, or the client's share of it, is full."""


class UnavailableError(RefusedError):
    """The server, or something that it needs, is away for the moment."""


_REFUSALS = {
    401: UnauthorizedError,
    404: UnknownJobError,
    409: ConflictError,
    410: GoneError,
    413: TooLargeError,
    422: InvalidError,
    429: TooManyJobsError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}


class _Finding(BaseModel):
    path: str
    message: str


class _Problem(BaseModel):
    title: str
    detail: str
    errors: list[_Finding] | None = None


def refusal(answer: httpx.Response) -> ClientError:
    """The error for an answer that is no success. Its body must have been read."""
    retry_after = answer.headers.get("Retry-After", "")
    retry_after_s = int(retry_after) if _SECONDS.fullmatch(retry_after) else None
    kind = _REFUSALS.get(answer.status_code, RefusedError)
    try:
        problem = _Problem.model_validate_json(answer.content)
    except ValidationError:  # not said by this service
        if answer.status_code < 400 or answer.status_code == 404:
            return unreadable(answer)
        problem = _Problem(title=answer.reason_phrase, detail=f"{answer.url} answered {_status(answer)}")
    findings = [Finding(one.path, one.message) for one in problem.errors or ()]
    return kind(answer.status_code, problem.title, problem.detail, findings=findings, retry_after_s=retry_after_s)


def unreadable(answer: httpx.Response) -> UnreadableError:
    """The error for an answer that this service does not give."""
    return UnreadableError(
        f"{answer.url} answered {_status(answer)}, but not as Tutti does; is this the address of its server?"
    )


def _status(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.reason_phrase}".rstrip()


@contextmanager
def reaching(server: str) -> Iterator[None]:
    """Turns what goes wrong on the way to the server into UnreachableError."""
    try:
        yield
    except httpx.ConnectError as error:
        advice = "check the address, and that the service runs there"
        if is_on_the_way(httpx.URL(server)):
            advice = f"check the address, and the proxy on the way: {ADVICE}"
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            advice = "check the address; an authority of your own is named by SSL_CERT_FILE, a file of its certificates"
        message = f"{server} can't be reached ({error}); {advice}"
        raise UnreachableError(message) from error
    except httpx.ProxyError as error:
        message = f"the proxy on the way to {server} does not let it through ({error}): {ADVICE}"
        raise UnreachableError(message) from error
    except httpx.TimeoutException as error:
        raise TimedOutError(f"{server} did not answer in time; try again, or allow it more") from error
    except httpx.RequestError as error:
        raise UnreachableError(f"the connection to {server} broke ({error}); try again") from error
