"""The way from the command line to a service."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import typer

from tutti.api.users import files_of
from tutti.cli.complaints import say_wrong
from tutti.cli.exits import Exit
from tutti.client import Client, ClientError, InvalidError, RefusedError, UnauthorizedError
from tutti.fleet.errors import InputError

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


@contextmanager
def connected(server: str) -> Iterator[Client]:
    """A client of the service at this address; what it can't do is said, and ends the program by Exit.SERVER.

    A user's password is taken from TUTTI_TOKEN: an option stands in the list of processes, and in a shell's history.
    Without it, who can read the passwords of the service beside it, as in its pod, is the first of its users.
    InputError if address or password can't be used, or the server finds the input bad.
    """
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a server that hangs up must not end the program
    try:
        with Client(server, token=os.environ.get("TUTTI_TOKEN") or _token_here(server)) as client:
            yield client
    except InvalidError as error:
        raise InputError(error.findings) from None
    except UnauthorizedError as error:
        say_wrong(f"{error}; set TUTTI_TOKEN to the password, or TUTTI_SERVER to http://NAME:PASSWORD@HOST")
        raise typer.Exit(Exit.SERVER) from None
    except ClientError as error:
        wait_s = error.retry_after_s if isinstance(error, RefusedError) else None
        say_wrong(str(error) if wait_s is None else f"{error} (in {wait_s} s)")
        raise typer.Exit(Exit.SERVER) from None
    finally:
        signal.signal(signal.SIGPIPE, before)


def _token_here(server: str) -> str | None:
    """The password of the first user that TUTTI_USERS_DIR names, for a service of this machine."""
    folder = os.environ.get("TUTTI_USERS_DIR")
    try:
        if not folder or urlsplit(server).hostname not in _THIS_MACHINE:
            return None
        return next((file.read_text().strip() for file in files_of(Path(folder)) if file.is_file()), None)
    except (OSError, ValueError):  # no such folder or address: the service says what is wrong
        return None
