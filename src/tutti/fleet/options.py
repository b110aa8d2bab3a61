"""What a planner can choose: windows, travel rule, earliest start, day, vehicle types, and how long to try."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tutti.fleet.block_reading import check_depots_of_types, read_depots, read_limits
from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.errors import Finding
from tutti.fleet.fields import Fields, check_names
from tutti.fleet.road_times import RoadTimes
from tutti.fleet.road_times_reading import read_road_times
from tutti.fleet.route import DAY_CODES
from tutti.fleet.travel import GreatCircleTravel
from tutti.fleet.vehicle import VehicleType
from tutti.fleet.vehicle_reading import read_vehicle_types
from tutti.fleet.windows import Windows, read_windows

OPTION_NAMES = (
    "windows", "travel", "road_times", "earliest_start", "day", "vehicle_types", "depots", "layover_min",
    "max_block_min", "break", "may_drop", "move_penalty_min", "max_time_change_min", "week", "consistency_min",
    "time_limit_s", "gap", "seed", "proof",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What plans are made by, and how long to look for them.

    road_times: minutes between places, in place of the straight line; None: there are none.
    earliest_start_min: nothing starts before that minute after midnight. day: plan only the routes that run on the day
    with this code; None plans all routes as one day. time_limit_s, gap: stop then, with the best plan; None: no limit.
    vehicle_types: the kinds of buses there are; empty: one kind that can run every route, as many as needed.
    depots: where blocks begin and end; empty: where their trips do. layover_min: a bus stands so long at least between
    two trips. limits: what a block must keep as a whole. may_drop: leave routes out for which there is no bus.
    move_penalty_min: deadhead minutes that may be paid for each trip that stays behind the one that it followed in the
    plan before. max_time_change_min: no trip starts further than that from its start in the plan before; None: windows
    say how far. week: plan all weekdays; consistency_min: the same as move_penalty_min, between the weekdays.
    proof: the plan holds what proves its bound.
    """

    windows: Windows = field(default_factory=Windows)
    travel: GreatCircleTravel = field(default_factory=GreatCircleTravel)
    road_times: RoadTimes | None = None
    earliest_start_min: int = 360
    day: str | None = None
    vehicle_types: tuple[VehicleType, ...] = ()
    depots: tuple[Depot, ...] = ()
    layover_min: int = 0
    limits: BlockLimits = field(default_factory=BlockLimits)
    move_penalty_min: int = 0
    max_time_change_min: int | None = None
    may_drop: bool = False
    week: bool = False
    consistency_min: int = 0
    time_limit_s: float | None = 60.0
    gap: float | None = None
    seed: int = 0
    proof: bool = False

    @property
    def cost_name(self) -> str | None:
        """What documents call the first level of the objective where it is cost: only its fixed part if that is all."""
        if not any(vehicle.fixed_cost is not None for vehicle in self.vehicle_types):
            return None
        runs = any(vehicle.deadhead_cost_per_min or vehicle.service_cost_per_min for vehicle in self.vehicle_types)
        return "cost" if runs else "fixed_cost"


def read_options(content: object, findings: list[Finding], path: str = "options") -> Options:
    """Options from their JSON form; what is left out keeps its default."""
    read = Fields.of(content, path, findings)
    if read is None:
        return Options()
    check_names(read, OPTION_NAMES)
    chosen: dict[str, Any] = {
        "earliest_start_min": read.clock("earliest_start"),
        "day": read.one_of("day", DAY_CODES),
        "layover_min": read.whole("layover_min", 0, 600),
        "limits": read_limits(read),
        "may_drop": read.flag("may_drop"),
        "week": read.flag("week"),
        "consistency_min": read.whole("consistency_min", 0, 1440),
        "move_penalty_min": read.whole("move_penalty_min", 0, 1440),
        "max_time_change_min": read.whole("max_time_change_min", 0, 1440),
        "time_limit_s": read.number("time_limit_s", 0.001, 86_400),
        "gap": read.number("gap", 0, 1),
        "seed": read.whole("seed", 0, 2**31 - 1),
        "proof": read.flag("proof"),
        "windows": read_windows(read),
        "travel": _read_travel(read),
        "road_times": None if (times := read.inner("road_times")) is None else read_road_times(times),
        "vehicle_types": read_vehicle_types(read),
        "depots": read_depots(read),
    }
    if chosen["week"] and chosen["day"] is not None:
        read.wrong("week", "can't be true beside a day; remove one of the two")
    check_depots_of_types(chosen["vehicle_types"], chosen["depots"], read)
    given = {name: value for name, value in chosen.items() if value is not None}
    for name in ("time_limit_s", "gap"):
        if name in read.record and read.record[name] is None:
            given[name] = None
    return replace(Options(), **given)


def as_object(content: object) -> dict[str, Any]:
    """What a file of routes holds as an object, which others may stand in beside the routes: a list is the routes."""
    return dict(content) if isinstance(content, Mapping) else {"routes": content}


def with_options(content: object, chosen: Mapping[str, object]) -> dict[str, Any]:
    """What a file of routes holds, with chosen options beside its own; of one that is in both the chosen one counts.

    Own options that are no object stay as they are, for `read_options` to refuse.
    """
    changed = as_object(content)
    own = changed.get("options")
    if own is None or isinstance(own, Mapping):
        changed["options"] = {**(own or {}), **chosen}
    return changed


def _read_travel(options: Fields) -> GreatCircleTravel | None:
    travel = options.inner("travel")
    if travel is None:
        return None
    check_names(travel, tuple(rule.name for rule in fields(GreatCircleTravel)))
    read = {"speed_kmh": travel.number("speed_kmh", 1, 200)}
    read |= {name: travel.whole(name, 0, 600) for name in ("added_min", "minimum_min", "buffer_min")}
    return replace(GreatCircleTravel(), **{name: value for name, value in read.items() if value is not None})  # type: ignore[arg-type]  # whole minutes and a speed
