"""A plan against the one before it: blocks that go on under their names, and how much else has changed."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import count
from operator import or_

from tutti.fleet.plan import Block, Plan


def named_after(earlier: Plan, plan: Plan) -> Plan:
    """The same plan, each block under the name of the earlier block with which it shares the most trips.

    Names are given away pair by pair, the pair with the most trips in common first, of as many one with buses of the
    same type; what is left gets new names.
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

    def rank(at: int, name: str) -> tuple[int, bool, int, str]:
        return -shared[at, name], plan.blocks[at].vehicle_type != types[name], at, name

    names: dict[int, str] = {}
    given: set[str] = set()
    for at, name in sorted(shared, key=lambda pair: rank(*pair)):
        if at not in names and name not in given:
            names[at] = name
            given.add(name)
    return names


def changes(earlier: Plan, plan: Plan, types: Collection[str]) -> dict[str, int]:
    """How many trips have moved; plan must be named after the earlier one.

    moved_trips: in both plans, but by another bus or at another time. A bus of another type is another bus, whatever
    its name, if its earlier type is one of `types`: else types have only other names now. new_trips, gone_trips: in one
    of the two only.
    """
    before, now = ({trip: (block, start) for trip, block, start in _runs(each)} for each in (earlier, plan))
    both = [(before[trip], now[trip]) for trip in now if trip in before]
    by_another = [_is_another_bus(old, new, types) for (old, _), (new, _) in both]
    later = [old != new for (_, old), (_, new) in both]
    return {
        "moved_trips": sum(map(or_, by_another, later)),
        "to_another_bus": sum(by_another),
        "to_another_time": sum(later),
        "new_trips": len(now) - len(both),
        "gone_trips": len(before) - len(both),
    }


def _is_another_bus(old: Block, new: Block, types: Collection[str]) -> bool:
    return old.id != new.id or (old.vehicle_type != new.vehicle_type and old.vehicle_type in types)


def _runs(plan: Plan) -> Iterator[tuple[str, Block, int]]:
    for block in plan.blocks:
        for trip in block.trips:
            yield trip.route_id, block, trip.start_min
