"""A block as a whole: where it begins and ends, how long it is, when its bus drives and its driver has a break."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tutti.fleet.plan import Block
from tutti.fleet.travel import Place


@dataclass(frozen=True, slots=True)
class Depot:
    """Where buses stand at night."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class BlockLimits:
    """Minutes, None where there is no limit.

    longest_min: from leaving the depot (without depots: the first start) to being back there (the last end).
    break_after_min: so long a driver may work without a break of break_min; a break is a wait between two trips.
    """

    longest_min: int | None = None
    break_after_min: int | None = None
    break_min: int = 0

    @property
    def any(self) -> bool:
        """Whether there is a limit."""
        return self.longest_min is not None or self.break_after_min is not None


def length_min(block: Block) -> int:
    """Minutes from leaving the depot, or the first start, to being back, or the last end; 0 without trips."""
    return block.back_min - block.leaves_min if block.trips else 0


def deadheads(block: Block) -> Iterator[tuple[int, int]]:
    """From when to when its bus drives empty: to its first trip just in time, else as soon as a trip has ended."""
    if not block.trips:
        return
    first, last = block.trips[0], block.trips[-1]
    drives = [(before.end_min, before.end_min + trip.deadhead_before_min) for before, trip in pairwise(block.trips)]
    for begin_min, end_min in ((block.leaves_min, first.start_min), *drives, (last.end_min, block.back_min)):
        if begin_min < end_min:
            yield begin_min, end_min


def driving(block: Block) -> Iterator[tuple[int, int]]:
    """From when to when its bus is on a trip or a deadhead, and does not wait."""
    yield from ((trip.start_min, trip.end_min) for trip in block.trips)
    yield from deadheads(block)


def first_without_break(limits: BlockLimits, block: Block) -> int | None:
    """Index of the first trip at whose end its driver has worked too long without a break; None if there is none.

    Work goes on from leaving the depot to the end of the trip before a break, and from leaving for the trip after it.
    """
    trips = block.trips
    if limits.break_after_min is None or not trips:
        return None
    began = block.leaves_min
    waits = [after.start_min - before.end_min - after.deadhead_before_min for before, after in pairwise(trips)]
    for index, (trip, wait) in enumerate(zip(trips, [0, *waits], strict=True)):
        if index and wait >= limits.break_min:
            began = trip.start_min - trip.deadhead_before_min
        back = block.pull_in_min if index == len(trips) - 1 else 0
        if trip.end_min + back - began > limits.break_after_min:
            return index
    return None
