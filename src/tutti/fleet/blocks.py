"""What a block must keep as a whole: where it begins and ends, how long it is, and when its driver has a break."""

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
    if not block.trips:
        return 0
    return block.trips[-1].end_min + block.pull_in_min - block.trips[0].start_min + block.pull_out_min


def first_without_break(limits: BlockLimits, block: Block) -> int | None:
    """Index of the first trip at whose end its driver has worked too long without a break; None if there is none.

    Work goes on from leaving the depot to the end of the trip before a break, and from leaving for the trip after it.
    """
    trips = block.trips
    if limits.break_after_min is None or not trips:
        return None
    began = trips[0].start_min - block.pull_out_min
    waits = [after.start_min - before.end_min - after.deadhead_before_min for before, after in pairwise(trips)]
    for index, (trip, wait) in enumerate(zip(trips, [0, *waits], strict=True)):
        if index and wait >= limits.break_min:
            began = trip.start_min - trip.deadhead_before_min
        back = block.pull_in_min if index == len(trips) - 1 else 0
        if trip.end_min + back - began > limits.break_after_min:
            return index
    return None
