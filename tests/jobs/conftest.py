"""Jobs to put into a job store."""

from collections.abc import Callable

import pytest

from tutti.jobs.database import Database
from tutti.jobs.leases import Lease, claim
from tutti.jobs.submission import Submission, submit

Submitted = Callable[..., str]
Claimed = Callable[..., Lease]


@pytest.fixture
def submitted(database: Database) -> Submitted:
    """Submits a job and gives its id."""

    def submit_one(content: str = "[]", client: str = "someone", key: str | None = None) -> str:
        with database.writing() as session:
            return submit(session, Submission(content, 1, client, "embedded", key))[0].id

    return submit_one


@pytest.fixture
def claimed(database: Database) -> Claimed:
    """Claims a job that is there to be claimed."""

    def claim_one(job_id: str | None = None, lease_s: float = 60.0) -> Lease:
        with database.writing() as session:
            claimed = claim(session, holder="a worker", lease_s=lease_s, job_id=job_id)
        assert claimed is not None
        return claimed[0]

    return claim_one


@pytest.fixture
def lease(submitted: Submitted, claimed: Claimed) -> Lease:
    """A worker's, of a job that it has begun."""
    return claimed(submitted())
