"""`tutti solve`: from a file of routes to a plan on the terminal and in files."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console

from tutti.cli.choices import Choices
from tutti.cli.exits import Exit
from tutti.cli.inputs import day_from
from tutti.cli.interrupt import Interruptible
from tutti.cli.live import LiveLine
from tutti.cli.outputs import try_places
from tutti.cli.targets import Targets
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Status
from tutti.optimizer import Result, Stop, any_of, gap, solve, time_limit


def solve_file(file: str, choices: Choices, targets: Targets) -> Exit:
    """Read, solve, write and show. Raises InputError before solving if anything given can't be used."""
    try_places(targets.places, [file])
    with LiveLine(Console(stderr=True)) as line, _collecting_seldom():
        line.say("reading the routes")
        day = day_from(file)
        day = replace(day, options=choices.over(day.options))
        with Interruptible() as interruptible:
            result = _solve(day, any_of(line.rule, interruptible.rule))
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


def _solve(day: Day, stop: Stop) -> Result:
    rules = [stop]
    if day.options.time_limit_s is not None:
        rules.append(time_limit(day.options.time_limit_s))
    if day.options.gap is not None:
        rules.append(gap(day.options.gap))
    return solve(day.problem(), stop=any_of(*rules), seed=day.options.seed)
