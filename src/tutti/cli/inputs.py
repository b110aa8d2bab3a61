"""Reads the files that commands are given; - stands for standard input."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tutti.cli.choices import Choices
from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import Fields
from tutti.fleet.options import as_object, read_options, with_options
from tutti.fleet.plan import Bound, Plan
from tutti.fleet.reading import MOST_BYTES, load_bytes, parse_json, read_day
from tutti.fleet.road_times_reading import read_road_times
from tutti.fleet.rules import Violation
from tutti.fleet.spreadsheet import Form
from tutti.fleet.statements import check_document, proven_again
from tutti.fleet.stop_table import StopTable, is_stop_table, parse_stop_table


class UnusableFileError(InputError):
    """A file that can't be used; `name` is how the user called it."""

    def __init__(self, name: str, cause: InputError) -> None:
        super().__init__(cause.findings)
        self.name = name


@dataclass(frozen=True, slots=True)
class Input:
    """Routes from a file, perhaps with options and an earlier plan, as JSON objects; and the table they were in."""

    file: str
    content: object
    table: StopTable | None

    @property
    def notes(self) -> Sequence[str]:
        """What was ignored or guessed when a table was read; no one sees it in `content`."""
        return self.table.notes if self.table is not None else ()

    @property
    def form(self) -> Form:
        """In what form a table of the plan can be opened where this comes from."""
        return self.table.form if self.table is not None else Form()

    def day(self) -> Day:
        """The day. Raises UnusableFileError with everything that is wrong with the file."""
        with _named(self.file):
            return read_day(self.content) if self.table is None else self.table.day(self.content)


def input_from(file: str, choices: Choices) -> Input:
    """What is in a file of routes, with what was chosen beside it.

    Raises UnusableFileError if a file can't be used, InputError if two files can't be used together.
    """
    refuse_standard_input_twice({"FILE": file, **choices.files})
    with _named(file) as name:
        data = _bytes(file)
        table = parse_stop_table(data, name=name) if is_stop_table(data, file) else None
        content = parse_json(data, name=name) if table is None else {"routes": table.routes}
    if choices.options is not None:
        if isinstance(content, dict) and content.get("options") is not None:
            raise InputError([Finding("--options", f"{name} has options of its own; keep them there or in that file")])
        content = with_options(content, _options_in(choices.options))
    if choices.road_times is not None:
        content = with_options(content, {"road_times": _road_times_in(choices.road_times)})
    if choices.earlier is not None:
        plan = _content(choices.earlier)
        with _named(choices.earlier):
            read_plan(plan)  # here, so that what is wrong with it is said of its own file
        content = {**as_object(content), "from": plan}
    if choices.made:
        content = with_options(content, choices.made)
    return Input(file, content, table)


def _options_in(file: str) -> Mapping[str, object]:
    """The options in a file of their own; read here, so that what is wrong with them is said of it."""
    content = _content(file)
    findings: list[Finding] = []
    if isinstance(content, dict) and "options" in content:
        findings.append(Finding("options", "must not be there; the file is the object of options itself"))
    else:
        read_options(content, findings, path="")
    if findings or not isinstance(content, dict):
        raise UnusableFileError(_called(file), InputError(findings))
    return content


def _road_times_in(file: str) -> object:
    """The table of road times in a file of its own; read here, so that what is wrong with it is said of it."""
    content = _content(file)
    findings: list[Finding] = []
    if (fields := Fields.of(content, "", findings)) is not None:
        read_road_times(fields)
    if findings:
        raise UnusableFileError(_called(file), InputError(findings))
    return content


def refuse_standard_input_twice(files: Mapping[str, str]) -> None:
    """Raises InputError if two of the files, by the arguments that name them, would come from standard input."""
    first, *others = [argument for argument, file in files.items() if file == "-"] or [""]
    if others:
        message = f"can't come from standard input beside {first}; name a file"
        raise InputError([Finding(argument, message) for argument in others])


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A file with a plan of a day, and what is wrong with it and its statements."""

    name: str
    content: object
    plan: Plan
    violations: list[Violation]

    def proven_again(self, day: Day) -> list[tuple[Sequence[str], Bound | None, Plan]]:
        """As `tutti.fleet.statements` has it. Raises UnusableFileError with everything that is wrong with a proof."""
        with _named(self.name):
            return list(proven_again(day, self.content))


def plan_from(file: str, day: Day) -> PlanFile:
    """The plan in a file. Raises UnusableFileError with everything that is wrong with its form."""
    content = _content(file)
    with _named(file):
        return PlanFile(file, content, read_plan(content), check_document(day, content))


def _content(file: str) -> object:
    """The JSON in a file. Raises UnusableFileError if there is none."""
    with _named(file) as name:
        return parse_json(_bytes(file), name=name)


def _bytes(file: str) -> bytes:
    return sys.stdin.buffer.read(MOST_BYTES + 1) if file == "-" else load_bytes(Path(file))


def _called(file: str) -> str:
    return "standard input" if file == "-" else file


@contextmanager
def _named(file: str) -> Iterator[str]:
    """What a file is called; an InputError within becomes one of that file."""
    try:
        yield _called(file)
    except InputError as error:
        raise UnusableFileError(_called(file), error) from None
