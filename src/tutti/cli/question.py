"""Ctrl-C while a job runs on a server: what is to become of it?"""

import sys
from enum import StrEnum

from rich.console import Console
from rich.prompt import Prompt
from rich.text import Text


class Choice(StrEnum):
    """What becomes of the job, by the letter that is typed."""

    LEAVE = "l"
    STOP = "s"
    CANCEL = "c"


def ask(console: Console) -> Choice:
    """What the user wants; without a terminal, or when interrupted or left without an answer, the job runs on."""
    if not (sys.stdin.isatty() and console.is_terminal):
        return Choice.LEAVE
    question = Text("The job runs on its server: [l]eave it running, [s]top it and keep the best plan, or [c]ancel it?")
    try:
        letter = Prompt.ask(question, console=console, choices=list(Choice), default="l", case_sensitive=False)
    except (KeyboardInterrupt, EOFError):
        console.print()
        return Choice.LEAVE
    return Choice(letter)
