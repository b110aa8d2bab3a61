"""The states of a job: queued -> running -> completed | failed | cancelled, and from running back to queued."""

from enum import StrEnum


class State(StrEnum):
    """Where a job is. It goes back from running to queued only when it is handed over or its lease ran out."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the job stays as it is for good."""
        return self not in ACTIVE


ACTIVE = (State.QUEUED, State.RUNNING)
