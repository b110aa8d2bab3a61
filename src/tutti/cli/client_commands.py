"""The commands that call a service: `tutti submit`, `watch`, `history` and `status`."""

from typing import Annotated

import typer

from tutti.cli.arguments import (
    LOCAL_SERVER,
    Csv,
    Drivers,
    From,
    Gap,
    Html,
    Json,
    Options,
    Output,
    RoadTimes,
    Routes,
    Seed,
    Server,
    TimeLimit,
    Week,
)
from tutti.cli.running import exit_by


def submit(
    file: Routes,
    *,
    server: Server = LOCAL_SERVER,
    watch: Annotated[bool, typer.Option("--watch", help="Watch the job to its end, as `tutti watch` does.")] = False,
    key: Annotated[
        str | None, typer.Option(metavar="K", help="Idempotency key: the same key and file give the same job.")
    ] = None,
    options: Options = None,
    road_times: RoadTimes = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    seed: Seed = None,
    week: Week = False,
    earlier: From = None,
    output: Output = None,
    html: Html = None,
    csv: Csv = None,
    drivers: Drivers = None,
    json: Json = False,
) -> None:
    """Have a service plan a day of routes; prints the job's id.

    The file is checked first, as `tutti solve` does. Options given here win over the file's.
    """
    from tutti.cli.choices import Choices  # noqa: PLC0415
    from tutti.cli.submit import submit_file  # noqa: PLC0415
    from tutti.cli.targets import Targets  # noqa: PLC0415

    choices = Choices(options, earlier, time_limit, gap, seed, week, road_times=road_times)
    targets = Targets(plan=output, page=html, table=csv, drivers=drivers, json_only=json)
    exit_by(lambda: submit_file(file, choices, server, key=key, watching=watch, targets=targets))


JobId = Annotated[str, typer.Argument(metavar="JOB", help="The id that `tutti submit` printed.")]


def watch(
    job: JobId,
    *,
    server: Server = LOCAL_SERVER,
    output: Output = None,
    html: Html = None,
    csv: Csv = None,
    drivers: Drivers = None,
    json: Json = False,
) -> None:
    """Watch a job on a service to its end, then show its plan.

    Ctrl-C asks whether to leave it running, to stop it and keep the best plan, or to cancel it.
    """
    from tutti.cli.targets import Targets  # noqa: PLC0415
    from tutti.cli.watch import watch_job  # noqa: PLC0415

    exit_by(lambda: watch_job(job, server, Targets(plan=output, page=html, table=csv, drivers=drivers, json_only=json)))


def history(job: JobId, *, server: Server = LOCAL_SERVER) -> None:
    """Print what happened to a job on a service: who ran it when, why it moved, what was lost."""
    from tutti.cli.history import print_history  # noqa: PLC0415

    exit_by(lambda: print_history(job, server))


def status(
    *, server: Server = LOCAL_SERVER, json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False
) -> None:
    """Show how a service is: what needs attention, queues, workers, and what failed last."""
    from tutti.cli.status import print_status  # noqa: PLC0415

    exit_by(lambda: print_status(server, json_only=json))
