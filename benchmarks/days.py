"""Plans the days of a folder, each in a process of its own on one core, and prints what was proven and what it took.

A day is a file NAME.json.gz: {"meta": {"kind": "narrow" or "wide", "windows": {...}}, "routes": [...]}, routes in the
shape that `tutti solve` reads. Every plan is checked by `tutti check`, and by an independent program if one is named.
"""

import argparse
import gzip
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checking import Vehicle, complaint_of, write_vehicles
from measuring import Table, complain, run_measured, stay_on_one_core
from options import add_core

_TUTTI = Path(sys.executable).with_name("tutti")
_PEER = Path(__file__).with_name("pyvrp_peer.py")
_LARGEST_SEATS = 55  # of the buses in wide days, of which every one is taken for the largest here

_COLUMNS = ["day", "n", "buses", "bound", "deadhead", "bound", "shift", "status", "solver s", "process s", "peak MB"]
_PEER_COLUMNS = ["peer buses", "deadhead", "s"]


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was found, and as the input file that `tutti solve` gets."""

    name: str
    path: Path
    is_wide: bool
    input: dict[str, Any]

    @classmethod
    def read(cls, path: Path, time_limit_s: float | None) -> "Day":
        """From a gzipped file; the windows come from the file, the other options are the defaults."""
        content = json.loads(gzip.decompress(path.read_bytes()))
        options = {"windows": content["meta"]["windows"], "time_limit_s": time_limit_s}
        day = {"routes": content["routes"], "options": options}
        return cls(path.name.removesuffix(".json.gz"), path, content["meta"]["kind"] == "wide", day)


def main() -> int:
    """Print the table; 1 if any plan broke a rule or any process failed."""
    args = _arguments()
    core = stay_on_one_core(args.core)
    complain(f"Python {sys.version.split()[0]} on core {core}, medians of {args.runs} run(s)")
    if args.wide:
        complain("wide days: the vehicle types are ignored, every bus is the largest")
    table = Table(_COLUMNS + (_PEER_COLUMNS if args.peer else []))
    failed = False
    days = [Day.read(path, args.time_limit) for path in args.folder.glob("*.json.gz")]
    for day in sorted(days, key=lambda day: len(day.input["routes"])):
        if day.is_wide != args.wide or not args.least <= len(day.input["routes"]) <= args.most:
            continue
        with tempfile.TemporaryDirectory() as folder:
            failed |= not _measure(day, args, table, Path(folder))
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "--wide", action="store_true", help="the days with wide windows; their vehicle types are ignored"
    )
    parser.add_argument("--runs", type=int, default=1, metavar="K", help="medians of K runs (default: 1)")
    parser.add_argument("--least", type=int, default=0, metavar="N", help="only days of N routes or more")
    parser.add_argument("--most", type=int, default=10**6, metavar="N", help="only days of N routes or fewer")
    parser.add_argument("--time-limit", type=float, metavar="S", help="stop a solve after S seconds (default: never)")
    parser.add_argument("--checker", type=Path, metavar="PATH", help="called as PATH DAY.json.gz PLAN.json, 0 = valid")
    parser.add_argument("--peer", choices=["pyvrp"], help="solve each day with this as well")
    parser.add_argument("--seconds", type=float, default=10, metavar="N", help="that the peer gets a day (default: 10)")
    add_core(parser)
    return parser.parse_args()


def _measure(day: Day, args: argparse.Namespace, table: Table, folder: Path) -> bool:
    """Solve one day and print its row; False if a process failed or a plan is wrong."""
    source, plan_file = folder / "day.json", folder / "plan.json"
    source.write_text(json.dumps(day.input))
    solver_seconds, runs = [], []
    for _ in range(args.runs):
        run = run_measured([_TUTTI, "solve", source, "-o", plan_file])
        if run.exit_code:
            complain(f"{day.name}: tutti solve failed\n{run.printed}")
            return False
        plan = json.loads(plan_file.read_text())
        runs.append(run)
        solver_seconds.append(plan["certificate"]["seconds"])
    is_right = _is_valid(day, source, plan_file, args.checker)
    certificate = plan["certificate"]
    objective, bound = certificate["objective"], certificate["bound"]
    cells: list[object] = [day.name, len(day.input["routes"]), objective["buses"], bound["buses"]]
    cells += [objective["deadhead_min"], bound["deadhead_min"], objective["shift_min"], certificate["status"]]
    cells += [statistics.median(solver_seconds), statistics.median(run.seconds for run in runs)]
    cells += [max(run.peak_mb for run in runs)]
    if args.peer:
        peer_file = folder / "peer.json"
        run = run_measured([sys.executable, _PEER, source, peer_file, "--seconds", str(args.seconds)])
        if run.exit_code:
            complain(f"{day.name}: the peer failed\n{run.printed}")
            return False
        is_right &= _is_valid(day, source, peer_file, args.checker)
        peer = json.loads(peer_file.read_text())["certificate"]
        cells += [peer["objective"]["buses"], peer["objective"]["deadhead_min"], peer["seconds"]]
    table.row(cells)
    return is_right


def _is_valid(day: Day, source: Path, plan_file: Path, checker: Path | None) -> bool:
    """Whether `tutti check` and `checker` find the plan to be one; if not, says what they found."""
    answer = run_measured([_TUTTI, "check", source, plan_file])
    complaints = {"tutti check": answer.printed if answer.exit_code else None}
    if checker is not None:
        vehicles_file = plan_file.with_suffix(".vehicles.json")
        seats = _LARGEST_SEATS if day.is_wide else None
        blocks = json.loads(plan_file.read_text())["blocks"]
        write_vehicles(vehicles_file, [Vehicle(seats, None, _work(block)) for block in blocks])
        complaints[checker.name] = complaint_of(checker, day.path, vehicles_file)
    for name, found in complaints.items():
        if found is not None:
            complain(f"{day.name}: {name} refuses {plan_file.name}\n{found}")
    return not any(found is not None for found in complaints.values())


def _work(block: dict[str, Any]) -> list[tuple[str, int]]:
    return [(trip["route_id"], trip["start_min"]) for trip in block["trips"]]


if __name__ == "__main__":
    sys.exit(main())
