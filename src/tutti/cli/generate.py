"""`tutti generate`: an invented day of routes on standard output."""

import json
import sys

from tutti.fleet.errors import Finding, InputError
from tutti.fleet.generate import generate_day
from tutti.fleet.stop_columns import stop_table


def print_day(routes: int, seed: int, *, types: bool, wide: bool, staggered: bool, table: bool) -> None:
    """Print a day of that many routes; the same numbers print the same bytes.

    Raises InputError for a table of what has options.
    """
    if table and (types or wide):
        raise InputError([Finding("--table", "has no options, which --types and --wide are; leave them or it out")])
    day = generate_day(routes, seed, types=types, wide=wide, staggered=staggered)
    if table:
        sys.stdout.write(stop_table(day["routes"]))
        return
    json.dump(day, sys.stdout, indent=1, ensure_ascii=True)
    sys.stdout.write("\n")
