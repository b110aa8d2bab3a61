"""The most memory that solving takes, by the size of the day and its kind: what a worker's slot must have.

Each day is that of `tutti generate N`, solved by `tutti solve` in a process of its own on one core until it is proven
or the time is over.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import Table, complain, run_measured, stay_on_one_core
from options import add_core

KINDS = {"narrow": [], "wide": ["--wide"], "types": ["--types", "--wide"]}
_SERVED = 3  # exit codes below: planned, no plan, or stopped with a plan; anything above is a failure


def main() -> int:
    """Print a row a size, a column a kind; 1 if a solve failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = [100, 300, 1000, 3000, 10_000, 20_000]
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes, metavar="N")
    parser.add_argument("--time-limit", type=float, default=60, metavar="S", help="of each solve (default: 60)")
    add_core(parser)
    args = parser.parse_args()
    stay_on_one_core(args.core)
    failed = False
    table = Table(["routes", *(f"{kind}, MB" for kind in KINDS)])
    for size in args.sizes:
        peaks = [_peak_mb(size, options, args.time_limit) for options in KINDS.values()]
        failed |= None in peaks
        table.row([size, *peaks])
    return 1 if failed else 0


def _peak_mb(size: int, options: list[str], time_limit_s: float) -> float | None:
    """The peak of one solve in megabytes; None, with a complaint, if it failed."""
    tutti = Path(sys.executable).with_name("tutti")
    with tempfile.TemporaryDirectory() as folder:
        day = Path(folder, "day.json")
        day.write_text(run_measured([tutti, "generate", str(size), *options]).printed)
        run = run_measured(
            [tutti, "solve", day, "--time-limit", str(time_limit_s), "--output", Path(folder, "plan.json")]
        )
    if run.exit_code >= _SERVED:
        complain(f"{size} routes {' '.join(options)}: exit code {run.exit_code}\n{run.printed[-500:]}")
        return None
    return run.peak_mb


if __name__ == "__main__":
    sys.exit(main())
