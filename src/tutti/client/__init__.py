"""The service from Python: submit days of routes, watch their jobs and read their plans, blocking or async.

with Client("http://127.0.0.1:8000") as client:
    job = client.submit(load_json(Path("examples/day.json")))
    for event in client.watch(job.id):
        print(event.kind, event.progress)
    print(client.plan(job.id).certificate)
"""

from tutti.client._async import AsyncClient
from tutti.client._client import Client
from tutti.client._errors import (
    ClientError,
    ConflictError,
    GoneError,
    InvalidError,
    RefusedError,
    TimedOutError,
    TooLargeError,
    TooManyJobsError,
    UnauthorizedError,
    UnavailableError,
    UnknownJobError,
    UnreachableError,
    UnreadableError,
)
from tutti.client._models import (
    Entry,
    Event,
    EventKind,
    FailedJob,
    Failure,
    History,
    Job,
    JobPlan,
    JobStatus,
    Progress,
    QueueStatus,
    ServiceStatus,
    Validation,
    WorkerStatus,
)

__all__ = [
    "AsyncClient",
    "Client",
    "ClientError",
    "ConflictError",
    "Entry",
    "Event",
    "EventKind",
    "FailedJob",
    "Failure",
    "GoneError",
    "History",
    "InvalidError",
    "Job",
    "JobPlan",
    "JobStatus",
    "Progress",
    "QueueStatus",
    "RefusedError",
    "ServiceStatus",
    "TimedOutError",
    "TooLargeError",
    "TooManyJobsError",
    "UnauthorizedError",
    "UnavailableError",
    "UnknownJobError",
    "UnreachableError",
    "UnreadableError",
    "Validation",
    "WorkerStatus",
]
