"""Why a request is refused, each with its HTTP status.

TuttiError
└── RefusedError
    ├── CutOffBodyError        400
    ├── UnauthorizedError      401
    ├── ElsewhereError         403
    ├── UnknownJobError        404
    ├── NotAcceptableError     406
    ├── SlowBodyError          408
    ├── ConflictError          409
    ├── GoneError              410
    ├── TooLargeError          413
    ├── MediaTypeError         415
    ├── TooManyJobsError       429
    └── UnavailableError       503
"""

from typing import ClassVar

from tutti.fleet.errors import TuttiError


class RefusedError(TuttiError):
    """A request that is not done; the text says why and what to do."""

    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, detail: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}


class CutOffBodyError(RefusedError):
    """The client hung up within the body. It hears no answer; log and metrics have it."""

    status = 400
    title = "Bad request"


class UnauthorizedError(RefusedError):
    """The service has users, and none of them asks."""

    status = 401
    title = "Unauthorized"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers["WWW-Authenticate"] = 'Basic realm="Tutti", charset="UTF-8"'


class ElsewhereError(RefusedError):
    """A page of another site asks, by the browser of a user."""

    status = 403
    title = "Forbidden"


class UnknownJobError(RefusedError):
    """No job has this id."""

    status = 404
    title = "Unknown job"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"there is no job {job_id!r}; ids are what the submission answered, and old jobs are removed")


class NotAcceptableError(RefusedError):
    """None of the media types that the client accepts can be had."""

    status = 406
    title = "Not acceptable"


class SlowBodyError(RefusedError):
    """The body did not arrive in time."""

    status = 408
    title = "Request timeout"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers["Connection"] = "close"  # else a client that goes on dripping would keep it for ever


class ConflictError(RefusedError):
    """Not possible in the job's state."""

    status = 409
    title = "Conflict with the job's state"


class GoneError(RefusedError):
    """There is nothing to show and never will be."""

    status = 410
    title = "No plan"


class TooLargeError(RefusedError):
    """More than a limit allows."""

    status = 413
    title = "Too large"


class MediaTypeError(RefusedError):
    """A body of a kind that is not read here."""

    status = 415
    title = "Unsupported media type"


class TooManyJobsError(RefusedError):
    """The queue or the client's share of it is full."""

    status = 429
    title = "Too many jobs"


class UnavailableError(RefusedError):
    """Something that the request needs is away."""

    status = 503
    title = "Unavailable"
