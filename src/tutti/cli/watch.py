"""`tutti watch`: a job on a server, shown as if it were solved here."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console

from tutti.cli.complaints import say_wrong
from tutti.cli.connection import connected
from tutti.cli.exits import Exit
from tutti.cli.live import LiveLine, state_of
from tutti.cli.outputs import try_places
from tutti.cli.question import Choice, ask
from tutti.cli.targets import Targets
from tutti.client import Client, ConflictError, Event, Job, JobStatus, Progress
from tutti.fleet.day import Day
from tutti.fleet.plan import Bound, Objective, Status
from tutti.fleet.spreadsheet import Form


def watch_job(job_id: str, server: str, targets: Targets) -> Exit:
    """Watch a job to its end. Raises InputError before that if a file can't be written."""
    try_places(targets.places, [])
    with connected(server) as client:
        end = watch(client, job_id)
    return end.show(targets, Form())


@dataclass(frozen=True, slots=True)
class End:
    """How watching a job ended: the exit code for it, and the plan with its day if there is one."""

    exit: Exit
    planned: tuple[dict[str, Any], Day] | None = None

    def show(self, targets: Targets, form: Form) -> Exit:
        """Write the plan, its table in that form, and show it.

        The connection should be closed, for only then may a pipe end the program again.
        """
        if self.planned:
            written = targets.write(*self.planned, form)
            targets.show(*self.planned, written)
        return self.exit


def watch(client: Client, job_id: str, day: Day | None = None) -> End:
    """Show a job until it ends, and say why if it has no plan then; without its `day` the server is asked for it."""
    choice = _follow(client, job_id)
    if choice is Choice.LEAVE:
        typer.echo(f"the job runs on; see it again with: tutti watch {job_id} --server {client.server}", err=True)
        return End(Exit.INTERRUPTED)
    job = client.patiently(lambda: client.job(job_id))
    if job.status is not JobStatus.COMPLETED:
        return End(_say_why(job, choice))
    planned = client.patiently(lambda: client.plan(job_id))
    day = day or client.patiently(lambda: client.day(job_id))
    interrupted = choice is not None and planned.certificate.status is Status.STOPPED
    return End(Exit.INTERRUPTED if interrupted else Exit.DONE, (planned.document, day))


def _follow(client: Client, job_id: str) -> Choice | None:
    """Show what happens to the job until it ends; the last choice that was made on Ctrl-C."""
    console = Console(stderr=True)
    choice, seen, doing = None, 0, "connecting"
    while True:
        try:
            with LiveLine(console, moving=True) as line:
                line.say(doing)
                for event in client.watch(job_id, after=seen):
                    seen = event.number
                    line.say(_said(event))
        except KeyboardInterrupt:
            choice = ask(console)
        else:
            return choice
        match choice:
            case Choice.LEAVE:
                return choice
            case Choice.STOP:
                doing = "stopping"
                with suppress(ConflictError):  # it has ended meanwhile, as the next event tells
                    client.stop(job_id)
            case Choice.CANCEL:
                doing = "cancelling"
                client.cancel(job_id)


def _said(event: Event) -> str:
    if event.progress is not None:
        return _state(event.progress)
    return f"{event.kind} again: {event.reason}" if event.reason else event.kind


def _state(progress: Progress) -> str:
    numbers = (progress.buses, progress.deadhead_min, progress.bound_buses, progress.seconds)
    match numbers:
        case int(buses), int(deadhead_min), int(bound_buses), float(seconds):
            bound = Bound(bound_buses, progress.bound_deadhead_min, progress.bound_cost)
            objective = Objective(buses, deadhead_min, 0, fixed_cost=progress.cost)
            return state_of(progress.phase, objective, bound, seconds)
        case _:
            return progress.phase


def _say_why(job: Job, choice: Choice | None) -> Exit:
    """Why there is no plan, and the exit code for it."""
    if job.error is None:
        say_wrong(f"job {job.id} was cancelled")
        return Exit.INTERRUPTED if choice is Choice.CANCEL else Exit.SERVER
    say_wrong(f"job {job.id} failed: {job.error.message}")
    match job.error.code:
        case "infeasible" | "no_plan_found":
            return Exit.FAILED
        case "invalid_input":
            return Exit.BAD_INPUT
        case code if code.startswith("solver_"):
            return Exit.BUG
        case _:
            return Exit.SERVER
