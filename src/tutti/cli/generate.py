"""`tutti generate`: an invented day of routes on standard output."""

import json
import sys

from tutti.fleet.generate import generate_day


def print_day(routes: int, seed: int, *, types: bool, wide: bool, staggered: bool) -> None:
    """Print a day of that many routes; the same numbers print the same bytes."""
    day = generate_day(routes, seed, types=types, wide=wide, staggered=staggered)
    json.dump(day, sys.stdout, indent=1, ensure_ascii=True)
    sys.stdout.write("\n")
