"""The command `tutti flower`."""

from pathlib import Path
from typing import Annotated

import typer

from tutti.cli.running import exit_by


def flower(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="TCP port; 0 takes a free one.")] = 5555,
    host: Annotated[
        str, typer.Option(metavar="IP", help="Address to listen on; :: is every one, 0.0.0.0 every one of IPv4.")
    ] = "127.0.0.1",
    state: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep what it has seen in a file, for the next start.")
    ] = None,
    without_password: Annotated[
        bool, typer.Option("--without-password", help="Ask nobody for a password; on a loopback address only.")
    ] = False,
) -> None:
    """Show workers, tasks and queues in a browser, to those who know TUTTI_FLOWER_USER and TUTTI_FLOWER_PASSWORD."""
    from tutti.execution.monitoring import run_flower  # noqa: PLC0415

    exit_by(lambda: run_flower(host=host, port=port, state=state, without_password=without_password))
