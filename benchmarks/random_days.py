"""Plans many made-up days of several sizes on one core: how many are proven, and how long the slowest took.

Days are those of `tutti generate N --seed S`, with S from 1 on. Every plan is checked against every rule. Level is what
is made least first: cost with several types of buses, else buses.
"""

import argparse
import statistics
import sys

from judging import is_sound
from measuring import Table, stay_on_one_core
from options import add_core, add_made_up_days
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Status
from tutti.fleet.reading import read_day
from tutti.optimizer import Result, never, solve, time_limit

_COLUMNS = ["n", "days", "proven", "level proven", "median s", "worst s", "worst seed", "gap %", "gap, min"]


def main() -> int:
    """Print a row a size; 1 if any plan broke a rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_made_up_days(parser, sizes=[20, 50, 100, 200, 500, 1000], days=20)
    parser.add_argument("--first-seed", type=int, default=1, metavar="S")
    parser.add_argument("--time-limit", type=float, metavar="S", help="stop a solve after S seconds (default: never)")
    parser.add_argument("--staggered", action="store_true", help="with bells spread over a morning")
    add_core(parser)
    args = parser.parse_args()
    stay_on_one_core(args.core)
    table = Table(_COLUMNS)
    failed = False
    for size in args.sizes:
        seeds = range(args.first_seed, args.first_seed + args.days)
        results = {}
        for seed in seeds:
            day = generate_day(size, seed, types=args.types, wide=args.wide, staggered=args.staggered)
            problem = read_day(day).problem()
            stop = never if args.time_limit is None else time_limit(args.time_limit)
            results[seed] = result = solve(problem, stop=stop)
            failed |= not is_sound(f"n = {size}, seed {seed}", problem, result.plan)
        table.row(_row(size, results))
    return 1 if failed else 0


def _row(size: int, results: dict[int, Result]) -> list[object]:
    seconds = {seed: result.certificate.seconds for seed, result in results.items()}
    slowest = max(seconds, key=lambda seed: seconds[seed])
    proven = sum(result.certificate.status is Status.OPTIMAL for result in results.values())
    gaps = [_open_min(result) for result in results.values()]
    known = [gap for gap in gaps if gap is not None]
    median, worst = statistics.median(seconds.values()), seconds[slowest]
    shares = [result.certificate.gap for result, gap in zip(results.values(), gaps, strict=True) if gap is None]
    open_percent = 100 * max((1.0 if share is None else share for share in shares), default=0.0)
    return [size, len(results), proven, len(known), median, worst, slowest, open_percent, max(known, default=None)]


def _open_min(result: Result) -> int | None:
    """Deadhead minutes between plan and bound; None if a lower first level is not ruled out."""
    objective, bound = result.certificate.objective, result.certificate.bound
    if objective is None or bound is None or objective.first_level > (bound.first_level or 0):
        return None
    return objective.deadhead_min - (bound.deadhead_min or 0)


if __name__ == "__main__":
    sys.exit(main())
