"""A plan against the one before it: blocks that go on under their names, and how much else has changed."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import count
from operator import or_

from tutti.fleet.matching import heaviest_matching
from tutti.fleet.plan import Block, Plan


def named_after(earlier: Plan, plan: Plan) -> Plan:
    """The same plan, each block under the name of an earlier block with which it shares trips.

    Of all ways to give the names it is one by which most trips keep their bus, its type being the same; then one by
    which blocks share most trips with those whose names they have. What is left gets new names.
    """
    names = _names(earlier, plan)
    taken = {block.id for block in earlier.blocks}
    digits = len(str(len(plan.blocks)))
    unused = (name for name in (f"B{number:0{digits}d}" for number in count(1)) if name not in taken)
    named = (replace(block, id=names.get(at) or next(unused)) for at, block in enumerate(plan.blocks))
    return replace(plan, blocks=tuple(named))


def _names(earlier: Plan, plan: Plan) -> dict[int, str]:
    bus_of = {trip.route_id: block.id for block in earlier.blocks for trip in block.trips}
    shared = Counter(
        (at, bus_of[trip.route_id])
        for at, block in enumerate(plan.blocks)
        for trip in block.trips
        if trip.route_id in bus_of
    )
    types = {block.id: block.vehicle_type for block in earlier.blocks}
    by_the_same = 1 + shared.total()
    weights = {
        (at, name): trips * (by_the_same if plan.blocks[at].vehicle_type == types[name] else 1)
        for (at, name), trips in shared.items()
    }
    return heaviest_matching(weights)


@dataclass(frozen=True, slots=True)
class Moves:
    """How many of some trips have moved. by_another_bus, to_another_time: of those that `trips` counts."""

    trips: int
    by_another_bus: int
    to_another_time: int


class Before:
    """An earlier plan, to count by what has moved since. A plan must be named after it.

    types: those that there are now. A bus of another type is another bus, whatever its name, if its earlier type is one
    of them: else types have only other names now.
    """

    def __init__(self, earlier: Plan, types: Collection[str]) -> None:
        self.runs = {trip.route_id: (block, trip.start_min) for block in earlier.blocks for trip in block.trips}
        self._types = types

    def moves(self, blocks: Iterable[Block]) -> Moves:
        """How many trips of these blocks run by another bus or at another time, of those that ran before."""
        by_another, later = [], []
        for block in blocks:
            for trip in block.trips:
                if trip.route_id in self.runs:
                    old, start = self.runs[trip.route_id]
                    by_another.append(self._is_another_bus(old, block))
                    later.append(start != trip.start_min)
        return Moves(sum(map(or_, by_another, later)), sum(by_another), sum(later))

    def _is_another_bus(self, old: Block, new: Block) -> bool:
        return old.id != new.id or (old.vehicle_type != new.vehicle_type and old.vehicle_type in self._types)


def changes(earlier: Plan, plan: Plan, types: Collection[str]) -> dict[str, int]:
    """How many trips have moved; plan must be named after the earlier one, types are those of `Before`.

    moved_trips: in both plans, but by another bus or at another time. new_trips, gone_trips: in one of the two only.
    """
    before = Before(earlier, types)
    moves = before.moves(plan.blocks)
    now = {trip.route_id for block in plan.blocks for trip in block.trips}
    return {
        "moved_trips": moves.trips,
        "to_another_bus": moves.by_another_bus,
        "to_another_time": moves.to_another_time,
        "new_trips": len(now - before.runs.keys()),
        "gone_trips": len(before.runs.keys() - now),
    }
