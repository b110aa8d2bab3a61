"""What the page draws: bars on the axis for each bus, and how many buses are on the road through the day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from tutti.fleet.blocks import deadheads, driving
from tutti.fleet.departures import BusDay, Departure
from tutti.fleet.timeline.axis import Axis


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a bus's day, x and width in percent of the axis; `departure` only for trips."""

    shape: str
    x: str
    width: str
    departure: Departure | None = None


def bars(row: BusDay, axis: Axis) -> Iterator[Bar]:
    """Deadheads, then trips with the wait before each."""
    for begin_min, end_min in deadheads(row.block):
        yield Bar("deadhead", axis.at(begin_min), axis.share(end_min - begin_min))
    for departure in row.departures:
        wait_min = departure.wait_before_min
        if wait_min > 0:
            yield Bar("wait", axis.at(departure.start_min - wait_min), axis.share(wait_min))
        width = axis.share(departure.end_min - departure.start_min)
        yield Bar(departure.kind, axis.at(departure.start_min), width, departure)


@dataclass(frozen=True, slots=True)
class Profile:
    """Buses driving at once, passengers or not: an outline in minutes since the axis's start and buses."""

    outline: str
    peak: int
    peak_min: int

    @classmethod
    def of(cls, rows: Sequence[BusDay], axis: Axis) -> "Profile":
        """Counted minute by minute; the peak's minute is its first."""
        change = [0] * (axis.span_min + 1)
        begin = 60 * axis.first_hour
        for begin_min, end_min in (span for row in rows for span in driving(row.block)):
            change[begin_min - begin] += 1
            change[end_min - begin] -= 1
        buses = list(accumulate(change))
        peak = max(buses)
        steps = "".join(f"H{minute}V{peak - buses[minute]}" for minute, step in enumerate(change) if step)
        return cls(f"M0 {peak}{steps}H{axis.span_min}Z", peak, begin + buses.index(peak))
