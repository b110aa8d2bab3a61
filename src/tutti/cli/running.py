"""Running a command to its exit code."""

import signal
import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from tutti.cli.exits import Exit

_ENDED_BY_SIGTERM = 128 + signal.SIGTERM


def end_by_sigterm() -> None:
    """Have SIGTERM end the command from now on: the first process of a container ignores it otherwise."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED_BY_SIGTERM))


def exit_by(command: Callable[[], Exit | None]) -> NoReturn:
    """Run a command and exit by its code. Errors that Tutti raises on purpose become sentences."""
    from tutti.cli.complaints import complain  # noqa: PLC0415
    from tutti.fleet.errors import InputError, SolverError  # noqa: PLC0415

    try:
        code = command() or Exit.DONE
    except InputError as error:
        complain(error)
        code = Exit.BAD_INPUT
    except SolverError as error:
        typer.echo(f"tutti: the optimizer failed inside, please report it: {error}", err=True)
        code = Exit.BUG
    raise typer.Exit(code)
