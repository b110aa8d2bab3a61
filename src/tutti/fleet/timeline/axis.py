"""The hours that a page shows, and where a minute lies between them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """Whole hours from first_hour up to last_hour; minutes are after midnight, positions percent of the width."""

    first_hour: int
    last_hour: int

    @classmethod
    def around(cls, minutes: Iterable[int]) -> "Axis":
        """The hours that hold all `minutes`, at least one."""
        known = list(minutes) or [0]
        first = min(known) // 60
        return cls(first, max(first + 1, -(-max(known) // 60)))

    @property
    def hours(self) -> range:
        """The hours that begin within the axis."""
        return range(self.first_hour, self.last_hour)

    @property
    def span_min(self) -> int:
        """Minutes from end to end."""
        return 60 * len(self.hours)

    def at(self, minute: int) -> str:
        """Where `minute` lies."""
        return _percent((minute - 60 * self.first_hour) / self.span_min)

    def share(self, duration_min: int) -> str:
        """How wide a duration is."""
        return _percent(duration_min / self.span_min)


def _percent(share: float) -> str:
    return f"{100 * share:.3f}".rstrip("0").rstrip(".") + "%"
