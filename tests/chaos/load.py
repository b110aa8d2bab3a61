"""The days that a run has planned: most are proven at once, some keep a solver busy until their time limit."""

from random import Random
from typing import Any

from tutti.fleet.generate import generate_day

_NARROW, _WIDE = [-10, 10], [-60, 60]  # minutes around the bell; wide ones from 60 routes on take minutes to prove
_SHORT_SIZES, _LONG_SIZES = (20, 60, 150, 300, 500), (60, 120, 250, 500)


def mixed_days(short: int, long: int, rng: Random, *, seconds: tuple[int, int] = (6, 10)) -> list[dict[str, Any]]:
    """Days of 20 to 500 routes; the long ones, spread among the others, run for 6 to 10 s, or so many `seconds`."""
    days = [_day(rng, _LONG_SIZES, _WIDE, rng.randint(*seconds)) for _ in range(long)]
    days += [_day(rng, _SHORT_SIZES, _NARROW, 10) for _ in range(short)]
    rng.shuffle(days)
    return days


def _day(rng: Random, sizes: tuple[int, ...], window: list[int], time_limit_s: int) -> dict[str, Any]:
    day = generate_day(rng.choice(sizes), rng.randrange(1000))
    day["options"] |= {"windows": {"entry": window, "exit": window}, "time_limit_s": time_limit_s}
    return day
