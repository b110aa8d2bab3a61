"""Standard input, output and error, whatever the caller made of them."""

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper

from tutti.cli.exits import Exit

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def prepare() -> None:
    """Make them usable: one that was closed is empty, and no character is a reason to fail."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `tutti ... | head` ends like any other filter
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # before any file is opened, which would take its number
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123  # for as long as the program runs
    if os.environ.get("COLUMNS") == "0":  # said by what stands for a terminal and has no width; nothing would be shown
        del os.environ["COLUMNS"]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that the terminal can't show


@contextmanager
def written_out() -> Iterator[None]:
    """A context at whose end standard output is written; if it can't be, that is said and ends the program."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        from tutti.cli.complaints import say_wrong  # noqa: PLC0415

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still holds of it
        with suppress(OSError):  # standard error may be on the same disk
            say_wrong(f"standard output can't be written: {error.strerror}")
        raise SystemExit(Exit.BAD_INPUT) from None
