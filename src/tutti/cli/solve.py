"""`tutti solve`: from a file of routes to a plan on the terminal and in files."""

from rich.console import Console

from tutti.cli.choices import Choices
from tutti.cli.exits import Exit
from tutti.cli.inputs import input_from
from tutti.cli.interrupt import Interruptible
from tutti.cli.live import LiveLine
from tutti.cli.outputs import try_places
from tutti.cli.targets import Targets, Written
from tutti.fleet.plan import Status
from tutti.optimizer import any_of
from tutti.optimizer.planning import answer


def solve_file(file: str, choices: Choices, targets: Targets, *, cores: int) -> Exit:
    """Read, solve, write and show. Raises InputError before solving if anything given can't be used.

    cores: how many processes solve it together.
    """
    try_places(targets.places, [file, *choices.files.values()])
    with LiveLine(Console(stderr=True)) as line:
        line.say("reading the routes")
        given = input_from(file, choices)
        day = given.day()
        with Interruptible() as interruptible:
            found = answer(day, stop=any_of(line.rule, interruptible.rule), cores=cores)
        line.say("writing the plan")
        written = targets.write(found.document, day, given.form) if found.has_plan else Written()
    targets.show(found.document, day, written)
    if not found.has_plan:
        return Exit.FAILED
    interrupted = interruptible.happened.is_set() and found.certificate.status is Status.STOPPED
    return Exit.INTERRUPTED if interrupted else Exit.DONE
