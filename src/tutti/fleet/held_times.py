"""Starts that were told: how near trips stay to those that they have in an earlier plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from tutti.fleet.plan import Plan


@dataclass(frozen=True, slots=True)
class HeldTimes:
    """starts_min: of the earlier plan, by route. within_min: no trip starts further than that from its start there."""

    starts_min: Mapping[str, int]
    within_min: int

    @classmethod
    def of(cls, earlier: Plan, within_min: int) -> "HeldTimes":
        """Those of a plan."""
        starts = {trip.route_id: trip.start_min for block in earlier.blocks for trip in block.trips}
        return cls(starts, within_min)

    def narrowed(self, route_id: str, earliest_min: int, latest_min: int) -> tuple[int, int]:
        """The minutes at which a trip may start, of those that its window allows.

        A new route has all of them, and so has one whose window is elsewhere now: its bell has moved.
        """
        start = self.starts_min.get(route_id)
        if start is None or self.lets_go(route_id, earliest_min, latest_min):
            return earliest_min, latest_min
        return max(earliest_min, start - self.within_min), min(latest_min, start + self.within_min)

    def lets_go(self, route_id: str, earliest_min: int, latest_min: int) -> bool:
        """Whether a route's window has no minute that is near enough to its earlier start."""
        start = self.starts_min.get(route_id)
        return start is not None and not earliest_min - self.within_min <= start <= latest_min + self.within_min
