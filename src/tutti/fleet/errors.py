"""The errors that Tutti raises on purpose.

TuttiError
├── InputError      what was read is not a day of routes, an option or a plan; carries every problem found
└── SolverError     the optimizer failed inside, which is never the input's fault
"""

from collections.abc import Sequence
from dataclasses import dataclass


class TuttiError(Exception):
    """The root of all errors that Tutti raises on purpose."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with an input: where it is, and a sentence that says what is wrong and what to do."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InputError(TuttiError):
    """The input can't be used; `findings` has every reason found, not just the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class SolverError(TuttiError):
    """The optimizer failed inside; the message says in which stage."""
