"""`tutti solve`: from a file of routes to a plan on the terminal and in files."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console

from tutti.cli.choices import Choices
from tutti.cli.exits import Exit
from tutti.cli.inputs import day_after, day_from
from tutti.cli.interrupt import Interruptible
from tutti.cli.live import LiveLine
from tutti.cli.outputs import try_places
from tutti.cli.targets import Targets
from tutti.fleet.document import plan_document
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.plan import Status
from tutti.optimizer import any_of
from tutti.optimizer.planning import plan_day


def solve_file(file: str, choices: Choices, targets: Targets, earlier: str | None = None) -> Exit:
    """Read, solve, write and show. Raises InputError before solving if anything given can't be used.

    earlier: the file of a plan to start from and to stay close to.
    """
    if file == earlier == "-":
        raise InputError([Finding("--from", "routes and plan can't both come from standard input; name a file")])
    try_places(targets.places, [file] if earlier is None else [file, earlier])
    with LiveLine(Console(stderr=True)) as line, _collecting_seldom():
        line.say("reading the routes")
        day = day_from(file) if earlier is None else day_after(earlier, file)
        day = replace(day, options=choices.over(day.options))
        with Interruptible() as interruptible:
            result = plan_day(day, stop=any_of(line.rule, interruptible.rule))
        document = plan_document(day, result.plan, result.certificate)
        line.say("writing the plan")
        written = targets.write(document, day, result.plan)
    targets.show(document, day, written)
    if result.plan is None:
        return Exit.FAILED
    interrupted = interruptible.happened.is_set() and result.certificate.status is Status.STOPPED
    return Exit.INTERRUPTED if interrupted else Exit.DONE


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for garbage after 50,000 new objects, not 700: a day that is read makes many objects and no garbage."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
