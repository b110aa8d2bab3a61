"""Reads the files that commands are given; - stands for standard input."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutti.fleet.day import Day
from tutti.fleet.document import read_plan
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.plan import Plan
from tutti.fleet.reading import MOST_BYTES, load_json, parse_json, read_day
from tutti.fleet.rules import Violation
from tutti.fleet.statements import check_document


class UnusableFileError(InputError):
    """A file that can't be used; `name` is how the user called it."""

    def __init__(self, name: str, cause: InputError) -> None:
        super().__init__(cause.findings)
        self.name = name


def day_from(file: str) -> Day:
    """The day of routes in a file. Raises UnusableFileError with everything that is wrong with it."""
    return day_of(content_of(file), file)


def day_with(file: str, *, earlier: str | None, week: bool) -> Day:
    """The day of routes in a file, perhaps to be planned from the plan in the file `earlier`, or as a week.

    Raises as `day_from` does.
    """
    return day_of(content_with(file, earlier=earlier, week=week), file)


def content_with(file: str, *, earlier: str | None, week: bool) -> object:
    """The content of a file of routes, with the plan in the file `earlier` to start from, and as a week if asked for.

    Raises UnusableFileError if there is none, InputError if both would come from standard input.
    """
    refuse_one_input_for_both(file, earlier, "--from")
    content = content_of(file)
    changed = dict(content) if isinstance(content, dict) else {"routes": content}
    if earlier is not None:
        changed["from"] = content_of(earlier)
        with _named(earlier):
            read_plan(changed["from"])  # here, so that what is wrong with it is said of its own file
    options = changed.get("options") or {}
    if week and isinstance(options, dict):
        changed["options"] = {**options, "week": True, "day": None}
    return changed if earlier is not None or week else content


def refuse_one_input_for_both(routes: str, plan: str | None, argument: str) -> None:
    """Raises InputError, for the argument that names the plan, if it and the routes would come from standard input."""
    if routes == plan == "-":
        raise InputError([Finding(argument, "routes and plan can't both come from standard input; name a file")])


def content_of(file: str) -> object:
    """The JSON in a file. Raises UnusableFileError if there is none."""
    with _named(file) as name:
        return _content(file, name)


def day_of(content: object, file: str) -> Day:
    """The day in the content of a file. Raises as `day_from` does."""
    with _named(file):
        return read_day(content)


def plan_from(file: str, day: Day) -> tuple[Plan, list[Violation]]:
    """The plan in a file, and what is wrong with it and its statements as a plan of `day`.

    Raises UnusableFileError with everything that is wrong with its form.
    """
    with _named(file) as name:
        content = _content(file, name)
        return read_plan(content), check_document(day, content)


def _content(file: str, name: str) -> object:
    if file != "-":
        return load_json(Path(file))
    return parse_json(sys.stdin.buffer.read(MOST_BYTES + 1), name=name)


@contextmanager
def _named(file: str) -> Iterator[str]:
    name = "standard input" if file == "-" else file
    try:
        yield name
    except InputError as error:
        raise UnusableFileError(name, error) from None
