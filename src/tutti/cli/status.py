"""`tutti status`: how a service is, on one screen."""

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tutti.cli.connection import connected
from tutti.cli.exits import Exit
from tutti.cli.writing import printable
from tutti.client import ServiceStatus

_SHOWN = {"database": "job store", "redis": "broker", "celery": "workers"}
_SAID = {"no_workers": "none"}
_FINE = ("ok", "disabled", "no_workers")  # workers may sleep while no job waits; if one does, that needs attention


def print_status(server: str, *, json_only: bool) -> Exit:
    """Show it; FAILED if something needs attention."""
    with connected(server) as client:
        status = client.status()
        place = client.server
    if json_only:
        sys.stdout.write(status.model_dump_json(indent=1) + "\n")
    else:
        _show(Console(highlight=False), status, place)
    return Exit.FAILED if status.attention else Exit.DONE


def _show(console: Console, status: ServiceStatus, place: str) -> None:
    head = f"Tutti {printable(status.version)} at {printable(place)}, {status.at:%Y-%m-%d %H:%M:%S}Z"
    console.print(Text(head, "bold"), soft_wrap=True)
    for sentence in status.attention:
        console.print(Text.assemble(("! ", "bold red"), printable(sentence)), soft_wrap=True)
    if not status.attention:
        console.print(Text("nothing needs attention", "green"))
    console.print(Text.assemble(*_services(status)), soft_wrap=True)
    for table in _tables(status):
        console.print()
        console.print(table)
    for job in status.failures or ():
        why = printable(f"{job.error.code}: {job.error.message}")
        console.print(Text(f"\nfailed {job.ended_at:%Y-%m-%d %H:%M:%S}Z  {printable(job.job_id)}"), soft_wrap=True)
        console.print(Text(f"  {why}"), soft_wrap=True)


def _services(status: ServiceStatus) -> Iterator[str | tuple[str, str]]:
    for number, (name, state) in enumerate(status.services.items()):
        yield f"{', ' if number else ''}{_SHOWN.get(name, printable(name))} "
        yield (_SAID.get(state, printable(state)), "green" if state in _FINE else "bold red")
    for name, state in status.circuits.items():
        if state != "closed":
            yield (f"; the {printable(name)} is left alone for a moment (circuit {printable(state)})", "yellow")


def _tables(status: ServiceStatus) -> Iterator[Table]:
    if status.queues is not None:
        table = _table("queue", ">waiting", ">oldest", ">running", ">workers", ">to be sent")
        for queue in status.queues:
            oldest = "" if queue.oldest_queued_s is None else _age(queue.oldest_queued_s)
            counts = (queue.running, queue.workers, queue.unsent)
            table.add_row(printable(queue.queue), str(queue.queued), oldest, *map(str, counts))
        yield table
    if status.workers:
        table = _table("worker", "queues", ">running")
        for worker in status.workers:
            table.add_row(printable(worker.name), printable(", ".join(worker.queues)), str(worker.running))
        yield table


def _table(*names: str) -> Table:
    """One whose columns are set right where their name begins with `>`."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name.removeprefix(">"), justify="right" if name.startswith(">") else "left")
    return table


def _age(seconds: float) -> str:
    """An age as people say it."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
