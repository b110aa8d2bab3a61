"""The commands with their options. Each imports what it needs when it is called, so that `--help` is there at once."""

import gc
import signal
from pathlib import Path
from typing import Annotated

import typer

from tutti.cli import client_commands, streams
from tutti.cli.arguments import (
    ROUTES_HELP,
    Cores,
    Csv,
    Drivers,
    From,
    Gap,
    Html,
    Json,
    Options,
    Output,
    Proof,
    RoadTimes,
    Routes,
    Seed,
    TimeLimit,
    WaitForStore,
    Week,
)
from tutti.cli.exits import EPILOG
from tutti.cli.flower import flower
from tutti.cli.running import end_by_sigterm, exit_by
from tutti.cli.service_commands import db, doctor, probe, worker

app = typer.Typer(
    name="tutti",
    help="Plan school-bus fleets: the fewest buses for a day's routes, and proof of it.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command that the arguments name, and exit by its code."""
    streams.prepare()
    try:
        with streams.written_out():
            app()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to stop but the interpreter's own clean-up
        gc.freeze()  # which need not look for cycles in a large day: that takes a tenth of a second


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"tutti {version('tutti')}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options before the command."""


@app.command(epilog=EPILOG)
def solve(
    file: Routes,
    *,
    options: Options = None,
    road_times: RoadTimes = None,
    output: Output = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    seed: Seed = None,
    html: Html = None,
    csv: Csv = None,
    drivers: Drivers = None,
    proof: Proof = False,
    json: Json = False,
    earlier: From = None,
    week: Week = False,
    cores: Cores = 1,
) -> None:
    """Plan a day of routes with the fewest buses, then the least deadhead, and say what is proven.

    Options given here win over the file's. Ctrl-C keeps the best plan so far; a second one ends at once.
    """
    from tutti.cli.choices import Choices  # noqa: PLC0415
    from tutti.cli.solve import solve_file  # noqa: PLC0415
    from tutti.cli.targets import Targets  # noqa: PLC0415

    choices = Choices(options, earlier, time_limit, gap, seed, week, proof, road_times)
    targets = Targets(plan=output, page=html, table=csv, drivers=drivers, json_only=json)
    exit_by(lambda: solve_file(file, choices, targets, cores=cores))


@app.command(epilog=EPILOG)
def check(
    routes: Annotated[str, typer.Argument(metavar="ROUTES", help=ROUTES_HELP)],
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="JSON file of a plan, - for standard input.")],
    *,
    options: Options = None,
    road_times: RoadTimes = None,
    earlier: Annotated[
        str | None, typer.Option("--from", metavar="PLAN", help="The plan in that file is the one it started from.")
    ] = None,
) -> None:
    """Check a plan against every rule, whoever made it; and work out again what proves it, if it holds that."""
    from tutti.cli.check import check_files  # noqa: PLC0415
    from tutti.cli.choices import Choices  # noqa: PLC0415

    exit_by(lambda: check_files(routes, plan, Choices(options, earlier, road_times=road_times)))


@app.command(epilog=EPILOG)
def explain(
    routes: Routes,
    plan: Annotated[
        str | None, typer.Argument(metavar="PLAN", help="JSON file of a plan; without it one is made.")
    ] = None,
    *,
    options: Options = None,
    road_times: RoadTimes = None,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON and nothing else.")] = False,
) -> None:
    """Say why a plan needs its buses, and which wider windows would free one."""
    from tutti.cli.choices import Choices  # noqa: PLC0415
    from tutti.cli.explain import explain_file  # noqa: PLC0415

    exit_by(lambda: explain_file(routes, plan, Choices(options, road_times=road_times), json_only=json))


@app.command(epilog=EPILOG)
def places(file: Routes, *, options: Options = None) -> None:
    """Print the places that a table of road times needs, as JSON: where deadheads begin, and where they end."""
    from tutti.cli.choices import Choices  # noqa: PLC0415
    from tutti.cli.places import print_places  # noqa: PLC0415

    exit_by(lambda: print_places(file, Choices(options)))


@app.command()
def generate(
    routes: Annotated[int, typer.Argument(min=1, max=20_000, metavar="N", help="How many routes.")],
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, metavar="S", help="Another seed is another day.")] = 1,
    *,
    types: Annotated[bool, typer.Option("--types", help="With several types of buses that differ in cost.")] = False,
    wide: Annotated[bool, typer.Option("--wide", help="With windows of 25 to 30 minutes.")] = False,
    staggered: Annotated[bool, typer.Option("--staggered", help="With bells spread over a morning.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Print a table (CSV) with one row a stop.")] = False,
) -> None:
    """Print an invented but realistic day of routes as JSON, or as a table."""
    from tutti.cli.generate import print_day  # noqa: PLC0415

    exit_by(lambda: print_day(routes, seed, types=types, wide=wide, staggered=staggered, table=table))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="TCP port; 0 takes a free one.")] = 8000,
    host: Annotated[
        str, typer.Option(metavar="IP", help="Address to listen on; :: is every one, 0.0.0.0 every one of IPv4.")
    ] = "127.0.0.1",
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder that keeps the jobs.")] = None,
    wait: WaitForStore = 0,
) -> None:
    """Serve the HTTP API; jobs are kept in a folder, no other server is needed."""
    end_by_sigterm()  # until the server takes the signal over
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a client that hangs up must not end the service
    from tutti.api.server import serve as serve_api  # noqa: PLC0415

    exit_by(lambda: serve_api(port=port, host=host, data=data, wait_s=wait))


app.command(epilog=EPILOG)(client_commands.submit)
app.command(epilog=EPILOG)(client_commands.watch)
app.command(epilog=EPILOG)(client_commands.history)
app.command(epilog=EPILOG)(client_commands.status)
app.command()(worker)
app.command(epilog=EPILOG)(doctor)
app.command()(probe)
app.command()(flower)
app.add_typer(db, name="db")
