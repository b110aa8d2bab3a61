"""A route as a district keeps it: the stops of one run to or from school, and when it has to be there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tutti.fleet.problem import TripKind

DAY_CODES = {
    "L": "Monday",
    "M": "Tuesday",
    "Mc": "Wednesday",
    "X": "Wednesday",
    "J": "Thursday",
    "V": "Friday",
}
"""The codes that `days` may hold; Wednesday has two."""


def day_names(codes: Iterable[str]) -> str:
    """Weekdays as people name them, by their codes, in the order of the week."""
    return ", ".join(DAY_CODES[code] for code in sorted(codes, key=[*DAY_CODES].index))


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the bus stops. time_from_start in minutes, lat and lon in degrees."""

    name: str
    lat: float
    lon: float
    order: int
    time_from_start: int
    passengers: int
    is_school: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One run: `entry` ends at school at the bell, `exit` starts at school at the bell.

    stops are in the order of the input; an exit route may keep them in entry order, school last, and is then driven
    from the last stop to the first. bell_min: arrival at, or departure from, school, minutes after midnight. Empty
    `days` means every day. features: what its bus must have, such as "wheelchair".
    """

    id: str
    name: str
    kind: TripKind
    stops: tuple[Stop, ...]
    bell_min: int
    capacity_needed: int
    days: tuple[str, ...] = ()
    school_id: str | None = None
    school_name: str | None = None
    vehicle_capacity_min: int | None = None
    vehicle_capacity_max: int | None = None
    vehicle_capacity_range: str | None = None
    contract_id: str | None = None
    features: frozenset[str] = frozenset()

    @property
    def duration_min(self) -> int:
        """From the first stop driven to the last: the largest time of any stop."""
        return max(stop.time_from_start for stop in self.stops)

    @property
    def asked_start_min(self) -> int:
        """The start that meets the bell exactly."""
        return self.bell_min - self.duration_min if self.kind == "entry" else self.bell_min

    @property
    def is_driven_backwards(self) -> bool:
        """Whether the stops are in the opposite of the driving order: an exit route with the school last."""
        return self.kind == "exit" and self.stops[-1].is_school

    @property
    def origin(self) -> tuple[float, float]:
        """(latitude, longitude) where the run begins."""
        stop = self.stops[-1] if self.is_driven_backwards else self.stops[0]
        return stop.lat, stop.lon

    @property
    def destination(self) -> tuple[float, float]:
        """(latitude, longitude) where the run ends."""
        stop = self.stops[0] if self.is_driven_backwards else self.stops[-1]
        return stop.lat, stop.lon

    def driven_from(self, start_min: int) -> Iterator[tuple[Stop, int]]:
        """Each stop in driving order with the minute after midnight at which a bus is there that starts then.

        Times of stops may count from either end of the run.
        """
        stops = self.stops[::-1] if self.is_driven_backwards else self.stops
        end_min = start_min + self.duration_min
        counts_back = stops[0].time_from_start > stops[-1].time_from_start
        for stop in stops:
            yield stop, end_min - stop.time_from_start if counts_back else start_min + stop.time_from_start

    def runs_on(self, day: str | None) -> bool:
        """Whether it runs on the day with that code; always if `day` is None."""
        return day is None or not self.days or DAY_CODES[day] in {DAY_CODES[code] for code in self.days}
