"""What can go wrong while a job runs.

TuttiError
└── SolverDiedError    the solver process ended, or can't be understood, before it answered
"""

from collections.abc import Sequence

from tutti.fleet.errors import TuttiError


class SolverDiedError(TuttiError):
    """The solver process is gone: `code` is a word for programs, the text a sentence, `log` its last stderr lines."""

    def __init__(self, code: str, message: str, log: Sequence[str] = ()) -> None:
        self.code = code
        self.log = tuple(log)
        super().__init__(message)
