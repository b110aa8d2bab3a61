"""Text for terminals: harmless whatever the input held, and in characters that the terminal has."""

from dataclasses import dataclass

from rich.console import Console


def printable(text: str) -> str:
    """The text with a question mark for each character that could move the cursor or change the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What stands for what in a one-line timeline and beside a claim; `*_start` opens a trip, so that two stay two."""

    entry: str
    entry_start: str
    exit: str
    exit_start: str
    deadhead: str
    wait: str
    proven: str
    open: str

    @classmethod
    def of(cls, console: Console) -> "Glyphs":
        """Block characters, or letters where the terminal's encoding has none."""
        if console.options.ascii_only:
            return cls("e", "E", "x", "X", "-", ".", "*", "?")
        return cls("█", "▐", "▄", "▗", "─", "·", "✓", "○")
