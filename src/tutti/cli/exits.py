"""The exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """What a shell is told; 141 besides, from the system, when the reader of a pipe has gone."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    BUG = 3
    SERVER = 4
    INTERRUPTED = 130


MEANINGS = {
    Exit.DONE: "planned or submitted; or the check found nothing",
    Exit.FAILED: "no plan exists; the plan breaks a rule; or the service needs attention",
    Exit.BAD_INPUT: "bad input, bad option, or a file that can't be read or written",
    Exit.BUG: "the optimizer failed inside: please report it",
    Exit.SERVER: "the server can't be reached, refuses, or ended the job without a plan",
    Exit.INTERRUPTED: "interrupted by Ctrl-C; the best plan so far was kept and written, or the job left or cancelled",
}

EPILOG = "\n\n".join(["Exit codes:", *(f"{code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())])
