"""`tutti history`: what happened to a job on a server."""

import typer

from tutti.cli.connection import connected
from tutti.cli.writing import printable


def print_history(job_id: str, server: str) -> None:
    """One line for each thing that happened, with its moment in UTC; a dead solver's last lines under its end."""
    with connected(server) as client:
        history = client.history(job_id)
    for entry in history.entries:
        typer.echo(f"{entry.at:%Y-%m-%d %H:%M:%S}Z  {printable(entry.text)}")
        for line in entry.log:
            typer.echo(f"    {printable(line)}")
