"""The way from the command line to a service."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from tutti.cli.complaints import say_wrong
from tutti.cli.exits import Exit
from tutti.client import Client, ClientError, InvalidError, RefusedError, UnauthorizedError
from tutti.fleet.errors import InputError


@contextmanager
def connected(server: str) -> Iterator[Client]:
    """A client of the service at this address; what it can't do is said, and ends the program by Exit.SERVER.

    A user's password is taken from TUTTI_TOKEN: an option stands in the list of processes, and in a shell's history.
    InputError if address or password can't be used, or the server finds the input bad.
    """
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a server that hangs up must not end the program
    try:
        with Client(server, token=os.environ.get("TUTTI_TOKEN") or None) as client:
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
