"""The arguments and options that commands share."""

from math import isnan
from pathlib import Path
from typing import Annotated

import typer


def a_number(value: float | None) -> float | None:
    """The value. NaN is in no range, and Click takes it for one that is in each."""
    if value is not None and isnan(value):
        raise typer.BadParameter("nan is not a number")
    return value


ROUTES_HELP = "Routes as JSON, or as a table with one row a stop (CSV); - for standard input."
Routes = Annotated[str, typer.Argument(metavar="FILE", help=ROUTES_HELP)]
TimeLimit = Annotated[
    float | None,
    typer.Option(min=0.001, max=86_400, callback=a_number, metavar="S", help="Stop after S seconds of solving."),
]
Gap = Annotated[
    float | None,
    typer.Option(min=0, max=1, callback=a_number, metavar="G", help="Stop at a proven gap of G; 0.01 = one per cent."),
]
Seed = Annotated[
    int | None, typer.Option(min=0, max=2**31 - 1, metavar="N", help="Another seed, perhaps another plan.")
]
Options = Annotated[
    str | None, typer.Option("--options", metavar="F", help="Take the options from that JSON file; FILE has none then.")
]
RoadTimes = Annotated[
    str | None,
    typer.Option(
        "--road-times",
        metavar="F",
        help="Take driving times from the table in that JSON file, not from straight lines.",
    ),
]
Cores = Annotated[
    int, typer.Option(min=1, max=64, metavar="N", help="Cores to use, by as many processes that solve together.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the plan as JSON there.")]
Html = Annotated[Path | None, typer.Option(metavar="F", help="Write a page with the timeline there.")]
Csv = Annotated[Path | None, typer.Option(metavar="F", help="Write the timetable as CSV there.")]
Drivers = Annotated[
    Path | None, typer.Option(metavar="F", help="Write what drivers need as CSV there: each stop with its time.")
]
Proof = Annotated[bool, typer.Option("--proof", help="Have the plan hold what proves its bound, for tutti check.")]
From = Annotated[
    str | None, typer.Option("--from", metavar="PLAN", help="Start from the plan in that file, and stay close to it.")
]
Week = Annotated[bool, typer.Option("--week", help="Plan all weekdays; those with the same routes once.")]
Json = Annotated[bool, typer.Option("--json", help="Print the plan as JSON and nothing else.")]
WaitForStore = Annotated[
    float,
    typer.Option(min=0, callback=a_number, metavar="S", help="Wait up to S seconds for the job store to answer."),
]
Server = Annotated[str, typer.Option(envvar="TUTTI_SERVER", metavar="URL", help="Address of the service.")]

LOCAL_SERVER = "http://127.0.0.1:8000"
