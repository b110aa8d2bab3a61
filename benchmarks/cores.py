"""Plans made-up days by one core, then by several that solve each together, in turn; prints a row a day and number.

Days are those of `tutti generate N --seed S`, or files of a set. Every plan is checked against every rule. Level is
what is made least first: cost with several types of buses, else buses. Seconds are the clock's: keep the machine quiet,
and give it as many cores as the most that are asked for.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from instances import READERS
from judging import is_sound
from measuring import Table
from options import add_made_up_days
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Objective, Plan
from tutti.fleet.problem import Problem
from tutti.fleet.reading import read_day
from tutti.optimizer import Callback, Progress, Result, solve, time_limit

_COLUMNS = ["day", "cores", "level", "bound", "level at s", "deadhead", "bound", "status", "s"]


class LastLevel(Callback):
    """Notes when the plan came to its level."""

    def __init__(self) -> None:
        self.level: int | None = None
        self.seconds = 0.0

    def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
        """Note it if the level is a lower one."""
        if objective.first_level != self.level:
            self.level, self.seconds = objective.first_level, progress.seconds


def main() -> int:
    """Print the table; 1 if any plan broke a rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_made_up_days(parser, sizes=[200], days=5)
    parser.add_argument("--first-seed", type=int, default=1, metavar="S")
    parser.add_argument("--set", choices=READERS, help="plan --files of this set instead")
    parser.add_argument("--files", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2], metavar="C", help="default: 1 2")
    parser.add_argument("--time-limit", type=float, default=60, metavar="S", help="of each solve (default: 60)")
    args = parser.parse_args()
    table = Table(_COLUMNS)
    failed = False
    for name, problem in _problems(args):
        for cores in args.cores:
            last = LastLevel()
            result = solve(problem, stop=time_limit(args.time_limit), callbacks=[last], cores=cores)
            failed |= not is_sound(f"{name} by {cores} cores", problem, result.plan)
            table.row([name, cores, *_told(result, last)])
    return 1 if failed else 0


def _problems(args: argparse.Namespace) -> Iterator[tuple[str, Problem]]:
    if args.set is not None:
        for file in args.files:
            yield file.name.split(".")[0], READERS[args.set](file)
        return
    for size in args.sizes:
        for seed in range(args.first_seed, args.first_seed + args.days):
            yield f"{size}, {seed}", read_day(generate_day(size, seed, types=args.types, wide=args.wide)).problem()


def _told(result: Result, last: LastLevel) -> list[object]:
    objective, bound, certificate = result.certificate.objective, result.certificate.bound, result.certificate
    if objective is None or bound is None:
        return [None, None, None, None, None, certificate.status.value, certificate.seconds]
    levels = [objective.first_level, bound.first_level, last.seconds, objective.deadhead_min, bound.deadhead_min]
    return [*levels, certificate.status.value, certificate.seconds]


if __name__ == "__main__":
    sys.exit(main())
