"""What a Redis says of itself: whether it may lose what it was told, how full it is, what time it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class BrokerState:
    """max_memory_bytes: 0 if there is no limit; uncounted_bytes: of its memory, what does not count for that.

    policy: what it does when the limit is reached. append_only: has a log.
    """

    version: str
    memory_bytes: int
    uncounted_bytes: int
    max_memory_bytes: int
    policy: str
    append_only: bool
    clock: datetime | None

    @property
    def is_full(self) -> bool:
        """Whether it refuses what takes memory."""
        return self.policy == "noeviction" and self.memory_bytes - self.uncounted_bytes > self.max_memory_bytes > 0

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> "BrokerState":
        """From the answer to INFO, which every role may ask for, CONFIG not; what is missing there is not known."""
        microseconds = info.get("server_time_usec")
        return cls(
            version=str(info.get("redis_version", "")),
            memory_bytes=int(info.get("used_memory", 0)),
            uncounted_bytes=int(info.get("mem_not_counted_for_evict", 0)),
            max_memory_bytes=int(info.get("maxmemory", 0)),
            policy=str(info.get("maxmemory_policy", "")),
            append_only=bool(int(info.get("aof_enabled", 0))),
            clock=None if microseconds is None else datetime.fromtimestamp(int(microseconds) / 1e6, UTC),
        )
