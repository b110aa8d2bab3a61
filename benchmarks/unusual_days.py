"""Plans made-up days whose blocks are short or whose windows are wide, and has PyVRP plan them; prints a row for each.

Days are those of `tutti generate N --seed S`. Every plan is checked against every rule. Level is what is made least
first: cost with several types of buses, else buses.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace

from judging import is_sound
from measuring import Table, stay_on_one_core
from options import add_core, add_made_up_days
from pyvrp_peer import plan_by_pyvrp
from tutti.fleet.blocks import BlockLimits
from tutti.fleet.generate import generate_day
from tutti.fleet.problem import Problem
from tutti.fleet.reading import read_day
from tutti.optimizer import Result, solve, time_limit

_COLUMNS = ["day", "min", "level", "bound", "deadhead", "bound", "status", "s", "PyVRP", "deadhead"]


def main() -> int:
    """Print the table; 1 if any plan broke a rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_made_up_days(parser, sizes=[100, 200], days=3)
    parser.add_argument("--longest", type=int, nargs="*", default=[], metavar="MIN", help="limits of blocks")
    parser.add_argument("--windows", type=int, nargs="*", default=[], metavar="MIN", help="width of every window")
    parser.add_argument("--time-limit", type=float, default=60, metavar="S", help="of each solve (default: 60)")
    parser.add_argument("--peer-seconds", type=float, default=60, metavar="S", help="for PyVRP (default: 60)")
    add_core(parser)
    args = parser.parse_args()
    if not args.longest and not args.windows:
        parser.error("give --longest or --windows")
    stay_on_one_core(args.core)
    table = Table(_COLUMNS)
    failed = False
    for size in args.sizes:
        for seed in range(1, args.days + 1):
            day = read_day(generate_day(size, seed, types=args.types, wide=args.wide)).problem()
            for name, problem in _variants(day, args.longest, args.windows):
                result = solve(problem, stop=time_limit(args.time_limit))
                peer = plan_by_pyvrp(problem, args.peer_seconds)
                for planner, plan in (("Tutti", result.plan), ("PyVRP", peer)):
                    failed |= not is_sound(f"{size}, {seed}, {name} by {planner}", problem, plan)
                others = (None, None) if peer is None else (peer.objective.first_level, peer.objective.deadhead_min)
                table.row([f"{size}, {seed}", name, *_told(result), *others])
    return 1 if failed else 0


def _variants(day: Problem, longest: list[int], windows: list[int]) -> Iterator[tuple[str, Problem]]:
    """The day with each of these limits of blocks, and with each of these widths of windows, half of it before."""
    for limit in longest:
        yield f"block {limit}", replace(day, limits=BlockLimits(limit))
    for width in windows:
        begins = (trip.asked_min - width // 2 for trip in day.trips)
        trips = zip(day.trips, begins, strict=True)
        wide = tuple(replace(trip, earliest_min=begin, latest_min=begin + width) for trip, begin in trips)
        yield f"window {width}", replace(day, trips=wide)


def _told(result: Result) -> list[object]:
    objective, bound = result.certificate.objective, result.certificate.bound
    if objective is None or bound is None:
        return [None, None, None, None, result.certificate.status.value, result.certificate.seconds]
    levels = [objective.first_level, bound.first_level, objective.deadhead_min, bound.deadhead_min]
    return [*levels, result.certificate.status.value, result.certificate.seconds]


if __name__ == "__main__":
    sys.exit(main())
