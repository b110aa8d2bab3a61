"""What a planner can choose: windows, travel rule, earliest start, day, and how long to try."""

from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any

from tutti.fleet.errors import Finding
from tutti.fleet.fields import Fields, described
from tutti.fleet.route import DAY_CODES
from tutti.fleet.travel import GreatCircleTravel

_MOST_SHIFT_MIN = 720


@dataclass(frozen=True, slots=True)
class Options:
    """Windows are (earliest, latest) minutes around the bell: the arrival of an entry route, the departure of an exit.

    earliest_start_min: nothing starts before that minute after midnight. day: plan only the routes that run on the day
    with this code; None plans all routes as one day. time_limit_s, gap: stop then, with the best plan; None: no limit.
    """

    entry_window: tuple[int, int] = (-5, 5)
    exit_window: tuple[int, int] = (-5, 10)
    travel: GreatCircleTravel = field(default_factory=GreatCircleTravel)
    earliest_start_min: int = 360
    day: str | None = None
    time_limit_s: float | None = 60.0
    gap: float | None = None
    seed: int = 0


def read_options(content: object, findings: list[Finding], path: str = "options") -> Options:
    """Options from their JSON form; what is left out keeps its default."""
    read = Fields.of(content, path, findings)
    if read is None:
        return Options()
    _check_names(read, ("windows", "travel", "earliest_start", "day", "time_limit_s", "gap", "seed"))
    chosen: dict[str, Any] = {
        "earliest_start_min": read.clock("earliest_start"),
        "day": read.one_of("day", tuple(DAY_CODES)),
        "time_limit_s": read.number("time_limit_s", 0.001, 86_400),
        "gap": read.number("gap", 0, 1),
        "seed": read.whole("seed", 0, 2**31 - 1),
    }
    if read.has("windows"):
        chosen |= _read_windows(read)
    if read.has("travel"):
        chosen["travel"] = _read_travel(read)
    given = {name: value for name, value in chosen.items() if value is not None}
    for name in ("time_limit_s", "gap"):
        if name in read.record and read.record[name] is None:
            given[name] = None
    return replace(Options(), **given)


def _read_windows(options: Fields) -> dict[str, tuple[int, int]]:
    windows = Fields.of(options.record["windows"], options.at("windows"), options.findings)
    if windows is None:
        return {}
    _check_names(windows, ("entry", "exit"))
    read = {}
    for kind in ("entry", "exit"):
        if not windows.has(kind):
            continue
        ends = windows.list_of(kind)
        if ends is None:
            continue
        if len(ends) != 2 or any(type(end) is not int or abs(end) > _MOST_SHIFT_MIN for end in ends):
            windows.wrong(kind, f"must be two whole numbers of minutes, at most {_MOST_SHIFT_MIN} off, like [-5, 10]")
        elif ends[0] > ends[1]:
            windows.wrong(kind, f"is turned round: {ends[0]} is after {ends[1]}; write [{ends[1]}, {ends[0]}]")
        else:
            read[f"{kind}_window"] = (ends[0], ends[1])
    return read


def _read_travel(options: Fields) -> GreatCircleTravel | None:
    travel = Fields.of(options.record["travel"], options.at("travel"), options.findings)
    if travel is None:
        return None
    _check_names(travel, tuple(rule.name for rule in fields(GreatCircleTravel)))
    read = {"speed_kmh": travel.number("speed_kmh", 1, 200)}
    read |= {name: travel.whole(name, 0, 600) for name in ("added_min", "minimum_min", "buffer_min")}
    return replace(GreatCircleTravel(), **{name: value for name, value in read.items() if value is not None})  # type: ignore[arg-type]  # whole minutes and a speed


def _check_names(read: Fields, known: tuple[str, ...]) -> None:
    """An option that is not known is an error: ignoring a typing mistake would give another plan than asked for."""
    for name in read.record:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(known)}"
            read.wrong(name, f"{described(name)} is not an option; {hint}")
