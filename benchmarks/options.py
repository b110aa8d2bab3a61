"""Options that several of the scripts have."""

from argparse import ArgumentParser
from collections.abc import Sequence


def add_made_up_days(parser: ArgumentParser, *, sizes: Sequence[int], days: int) -> None:
    """Which days are made up: how many routes they have, how many there are of each size, what is special of them."""
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes, metavar="N")
    parser.add_argument("--days", type=int, default=days, metavar="K", help=f"of each size (default: {days})")
    parser.add_argument("--types", action="store_true", help="with several types of buses")
    parser.add_argument("--wide", action="store_true", help="with windows of 25 to 30 minutes")


def add_core(parser: ArgumentParser) -> None:
    """Where it runs, for `stay_on_one_core`."""
    parser.add_argument("--core", type=int, help="the processor core to use (default: the last)")
