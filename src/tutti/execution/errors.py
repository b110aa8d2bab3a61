"""What can go wrong while a job runs.

TuttiError
├── SolverDiedError    the solver process ended, or can't be understood, before it answered
└── JobFailedError     a task's job has failed, which is what the task tells Celery
"""

from collections.abc import Sequence

from tutti.fleet.errors import TuttiError


class SolverDiedError(TuttiError):
    """The solver process is gone: `code` is a word for programs, the text a sentence, `log` its last stderr lines."""

    def __init__(self, code: str, message: str, log: Sequence[str] = ()) -> None:
        self.code = code
        self.log = tuple(log)
        super().__init__(message)


class JobFailedError(TuttiError):
    """The job of a task has failed: `code` is a word for programs, the text a sentence."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(code, message)

    def __str__(self) -> str:
        return str(self.args[1])
