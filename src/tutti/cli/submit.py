"""`tutti submit`: from a file of routes to a job on a server."""

import typer

from tutti.cli.choices import Choices
from tutti.cli.complaints import say_wrong
from tutti.cli.connection import connected
from tutti.cli.exits import Exit
from tutti.cli.inputs import input_from
from tutti.cli.outputs import try_places
from tutti.cli.targets import Targets
from tutti.cli.watch import End, watch
from tutti.cli.writing import printable
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.week import hindrances


def submit_file(
    file: str,
    choices: Choices,
    server: str,
    *,
    key: str | None,
    watching: bool,
    targets: Targets,
) -> Exit:
    """Check the file as `tutti solve` does, post it, and print the job's id or watch it.

    Raises InputError before anything is posted if anything given can't be used.
    """
    if not watching and (targets.places or targets.json_only):
        raise InputError([Finding("--watch", "is missing: without it there is no plan to write or print")])
    try_places(targets.places, [file, *choices.files.values()])
    given = input_from(file, choices)
    day = given.day()
    for note in given.notes:
        typer.echo(f"warning: {printable(note)}", err=True)
    if not day.options.may_drop and (found := hindrances(day)):
        say_wrong(f"no plan exists: {'; '.join(found)}")
        return Exit.FAILED
    with connected(server) as client:
        job = client.submit(given.content, idempotency_key=key)
        if watching:
            typer.echo(f"job {job.id}", err=True)
        end = watch(client, job.id, day) if watching else End(Exit.DONE)
    if not watching:
        typer.echo(job.id)
    return end.show(targets, given.form)
