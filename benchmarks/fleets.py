"""Plans the instances of a published set, or days with several types of buses, each alone on one core; prints a table.

Level is what is made least first: cost where the set has costs, else buses. Every plan is checked against every rule,
and by an independent program if one is named.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from checking import complaint_of
from measuring import Table, complain, run_measured, stay_on_one_core
from options import add_core

_SOLVE = Path(__file__).with_name("solve_instance.py")
_PATTERNS = {
    "days": "*.json.gz",
    "kim2012": "*-trips.txt",
    "mit-sbsp": "*.txt",
    "mdvsp-ts": "GD-*.txt",
    "mdvsp-ts-3": "GD-*.txt",
}
_COLUMNS = ["instance", "n", "level", "bound", "gap %", "deadhead", "bound", "status", "s", "peak MB"]
_PEER_COLUMNS = ["level", "deadhead", "s"]
_TIMES, _MOST_SECONDS = 10, 600.0  # that peers get, of Tutti's own seconds, and at most


def main() -> int:
    """Print a row for each instance; 1 if any plan broke a rule or any process failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=_PATTERNS, help="mdvsp-ts: trips shift by a minute at most, -3: by three")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--only", default="", metavar="PART", help="only files with this in their names")
    parser.add_argument("--seconds", type=float, default=600, metavar="S", help="for each instance (default: 600)")
    parser.add_argument("--peers", nargs="+", choices=["pyvrp", "ortools"], default=[], help="also let these plan it")
    parser.add_argument("--peer-seconds", type=float, metavar="S", help="default: ten times Tutti's, at most 600")
    parser.add_argument("--checker", type=Path, metavar="PATH", help="called as PATH INSTANCE PLAN, 0 = valid")
    add_core(parser)
    args = parser.parse_args()
    core = stay_on_one_core(args.core)
    complain(f"Python {sys.version.split()[0]} on core {core}, at most {args.seconds:g} s an instance")
    table = Table(_COLUMNS + [f"{peer} {column}" for peer in args.peers for column in _PEER_COLUMNS])
    failed = False
    for path in sorted(args.folder.glob(_PATTERNS[args.set]), key=lambda path: (path.stat().st_size, path.name)):
        if args.only not in path.name:
            continue
        told, peak_mb = _run(args.set, path, "tutti", args.seconds, args.checker)
        failed |= told is None
        cells = _cells(path, told or {}, peak_mb)
        for peer in args.peers:
            seconds = args.peer_seconds or min(_MOST_SECONDS, _TIMES * (told or {}).get("seconds", args.seconds))
            found, _ = _run(args.set, path, peer, seconds, args.checker)
            cells += [(found or {}).get(key) for key in ("level", "deadhead", "seconds")]
        table.row(cells)
    return 1 if failed else 0


def _run(
    name: str, path: Path, solver: str, seconds: float, checker: Path | None
) -> tuple[dict[str, Any] | None, float]:
    """What a process of its own tells of its plan, None if it failed or is refused; and its peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        vehicles = Path(folder) / "vehicles.json"
        command: list[str | Path] = [sys.executable, _SOLVE, name, path, "--by", solver, "--seconds", str(seconds)]
        run = run_measured([*command, "--vehicles", vehicles])
        if run.exit_code:
            complain(f"{path.name} by {solver} failed\n{run.printed}")
            return None, run.peak_mb
        refused = None if checker is None else complaint_of(checker, path, vehicles)
    if refused is not None:
        complain(f"{path.name} by {solver}: {checker} refuses the plan\n{refused}")
        return None, run.peak_mb
    told: dict[str, Any] = json.loads(run.printed.splitlines()[-1])
    return told, run.peak_mb


def _cells(path: Path, told: dict[str, Any], peak_mb: float) -> list[object]:
    level, least = told.get("level"), told.get("least_level")
    gap = None if level is None or least is None else 100 * (level - least) / level
    name = path.name.removesuffix("-trips.txt").removesuffix(".txt").removesuffix(".json.gz")
    cells = [told.get("trips"), level, least, gap, told.get("deadhead"), told.get("least_deadhead"), told.get("status")]
    return [name, *cells, told.get("seconds"), peak_mb]


if __name__ == "__main__":
    sys.exit(main())
