"""The commands that run and look after the service on PostgreSQL and Celery: `tutti worker`, `doctor` and `db`."""

import signal
from typing import Annotated

import typer

from tutti.cli.arguments import WaitForStore, a_number
from tutti.cli.exits import Exit
from tutti.cli.running import exit_by

db = typer.Typer(help="Look after the job store that TUTTI_DATABASE_URL names.", no_args_is_help=True)


def worker(
    wait: Annotated[
        float,
        typer.Option(
            min=0, callback=a_number, metavar="S", help="Wait up to S seconds for the tables of the job store first."
        ),
    ] = 0,
) -> None:
    """Run jobs from the broker that TUTTI_BROKER_URL names; SIGTERM hands running jobs over."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a broker that hangs up must not end the worker
    from tutti.telemetry.folder import share_counts  # noqa: PLC0415

    share_counts()  # before the first metric is made

    def work() -> Exit | None:
        from tutti.cli.job_store import wait_for_store  # noqa: PLC0415
        from tutti.execution.worker import run_worker  # noqa: PLC0415  # reads the settings, which may make no sense

        if wait and (code := wait_for_store(wait)) is not Exit.DONE:
            return code
        run_worker()
        return Exit.DONE

    exit_by(work)


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False) -> None:
    """Look at settings, job store and broker, and say what to change; nothing is changed."""
    from tutti.cli.doctor import examine  # noqa: PLC0415

    exit_by(lambda: examine(json_only=json))


def probe(
    what: Annotated[str, typer.Argument(metavar="live|ready", help="Whether it lives, or could claim a job.")],
) -> None:
    """Tell by the exit code (0 or 1) whether the worker in this pod lives, or is ready to take a job."""
    from tutti.probe import probe as look  # noqa: PLC0415

    raise typer.Exit(look([what]))


@db.command()
def upgrade(
    wait: WaitForStore = 0,
) -> None:
    """Bring the tables to the version that this program works with; harmless if they are, or are of a later one."""
    from tutti.cli.job_store import upgrade_store  # noqa: PLC0415

    exit_by(lambda: upgrade_store(wait))


@db.command()
def current() -> None:
    """Print the version of the tables and the one that this program works with."""
    from tutti.cli.job_store import print_versions  # noqa: PLC0415

    exit_by(print_versions)


@db.command()
def wait(
    timeout: Annotated[
        float, typer.Option(min=0, callback=a_number, metavar="S", help="Give up after S seconds.")
    ] = 60,
) -> None:
    """Wait until the job store answers and its tables are up to date."""
    from tutti.cli.job_store import wait_for_store  # noqa: PLC0415

    exit_by(lambda: wait_for_store(timeout))


@db.command()
def demand_role() -> None:
    """Let an autoscaler's role read how many jobs wait and run in each queue, and nothing else (PostgreSQL)."""
    from tutti.cli.job_store import allow_demand  # noqa: PLC0415

    exit_by(allow_demand)
