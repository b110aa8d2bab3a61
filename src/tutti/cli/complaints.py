"""Bad input on the terminal: every problem with its place, the first ones in full."""

from rich.console import Console
from rich.text import Text

from tutti.cli.inputs import UnusableFileError
from tutti.cli.writing import printable
from tutti.fleet.errors import InputError

SHOWN = 20


def complain(error: InputError) -> None:
    """Say on standard error what is wrong, one line a finding."""
    name = error.name if isinstance(error, UnusableFileError) else ""
    lines = [str(finding) for finding in error.findings]
    if len(lines) == 1:
        where = f"{name}: " if name and error.findings[0].path != name else ""
        say_wrong(where + lines[0])
        return
    say_wrong(f"{name or 'the input'} has {len(lines)} problems")
    print_some(Console(stderr=True, soft_wrap=True, highlight=False), lines)


def say_wrong(sentence: str) -> None:
    """Say on standard error what went wrong."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text.assemble(("tutti: ", "bold red"), printable(sentence)))


def print_some(console: Console, lines: list[str]) -> None:
    """The first lines, indented, and how many more there are."""
    for line in lines[:SHOWN]:
        console.print(Text(f"  {printable(line)}"))
    if len(lines) > SHOWN:
        console.print(Text(f"  and {len(lines) - SHOWN} more"))
