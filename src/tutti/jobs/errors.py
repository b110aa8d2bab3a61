"""What can go wrong with the job store.

TuttiError
├── LeaseLostError         the job was taken over, cancelled or removed: its former holder may write nothing more
└── KeyReusedError         an idempotency key came again with another body
"""

from sqlalchemy.exc import DBAPIError

from tutti.fleet.errors import TuttiError


class LeaseLostError(TuttiError):
    """This holder's lease on the job is over: its fencing token is no longer the job's."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"the lease on job {job_id} is over: another holder has it, or the job was ended")


class KeyReusedError(TuttiError):
    """The idempotency key stands for another request already."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"the idempotency key {key!r} was used before with another body; send a new key for a new request"
        )


def first_line(error: DBAPIError) -> str:
    """What the driver said, without the hints that PostgreSQL's adds in lines of their own."""
    return str(error.orig).strip().partition("\n")[0]
