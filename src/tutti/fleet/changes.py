"""A plan against the one before it: blocks that go on under their names, and how much else has changed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from tutti.fleet.plan import Plan


def named_after(earlier: Plan, plan: Plan) -> Plan:
    """The same plan, each block under the name of the earlier block with which it shares the most trips.

    Names are given away pair by pair, the pair with the most trips in common first; what is left gets new names.
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
    names: dict[int, str] = {}
    given: set[str] = set()
    for (at, name), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if at not in names and name not in given:
            names[at] = name
            given.add(name)
    return names


def changes(earlier: Plan, plan: Plan) -> dict[str, int]:
    """How many trips have moved; plan must be named after the earlier one.

    moved_trips: in both plans, but by another bus or at another time. new_trips, gone_trips: in one of the two only.
    """
    before = dict(_where_and_when(earlier))
    now = dict(_where_and_when(plan))
    both = [(before[trip], now[trip]) for trip in now if trip in before]
    return {
        "moved_trips": sum(old != new for old, new in both),
        "to_another_bus": sum(old[0] != new[0] for old, new in both),
        "to_another_time": sum(old[1] != new[1] for old, new in both),
        "new_trips": len(now) - len(both),
        "gone_trips": len(before) - len(both),
    }


def _where_and_when(plan: Plan) -> Iterator[tuple[str, tuple[str, int]]]:
    for block in plan.blocks:
        for trip in block.trips:
            yield trip.route_id, (block.id, trip.start_min)
