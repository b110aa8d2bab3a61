"""The command line: `tutti solve`, `check`, `generate`, `serve`, `submit` and `watch`."""

from tutti.cli.commands import main

__all__ = ["main"]
