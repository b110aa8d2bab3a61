"""Ctrl-C while a job runs on a server: what is to become of it?"""

import select
import sys
from enum import StrEnum
from typing import TextIO

from rich.console import Console
from rich.prompt import Prompt
from rich.text import Text, TextType

_LOOK_INTERVAL_S = 0.2


class Choice(StrEnum):
    """What becomes of the job, by the letter that is typed."""

    LEAVE = "l"
    STOP = "s"
    CANCEL = "c"


class _Question(Prompt):
    """A prompt at which no Ctrl-C goes unheard: one that comes just before a read begins would not end that read."""

    @classmethod
    def get_input(cls, console: Console, prompt: TextType, password: bool, stream: TextIO | None = None) -> str:
        """What is typed."""
        console.print(prompt, end="")
        while not select.select([sys.stdin], [], [], _LOOK_INTERVAL_S)[0]:
            pass
        return sys.stdin.readline().rstrip("\n")


def ask(console: Console) -> Choice:
    """What the user wants; without a terminal, or when interrupted or left without an answer, the job runs on."""
    if not (sys.stdin.isatty() and console.is_terminal):
        return Choice.LEAVE
    question = Text("The job runs on its server: [l]eave it running, [s]top it and keep the best plan, or [c]ancel it?")
    try:
        letter = _Question.ask(question, console=console, choices=list(Choice), default="l", case_sensitive=False)
    except KeyboardInterrupt:
        console.print()
        return Choice.LEAVE
    return Choice(letter)
