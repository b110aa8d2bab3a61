"""What says that the service is to end."""

from typing import Protocol


class Flag(Protocol):
    """Set when the service is to end: a threading.Event, or one that processes share."""

    def is_set(self) -> bool:
        """Whether it is set."""

    def wait(self, timeout: float) -> bool:
        """Whether it is set within the time, in seconds."""
