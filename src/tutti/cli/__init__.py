"""The command line: `tutti solve`, `check`, `generate` and `serve`."""

from tutti.cli.commands import main

__all__ = ["main"]
