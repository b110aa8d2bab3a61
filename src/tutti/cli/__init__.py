"""The command line: what each command of `tutti` does, and what commands share."""

from tutti.cli.commands import main

__all__ = ["main"]
