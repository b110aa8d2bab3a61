"""What was found, on the terminal or as JSON."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from tutti.cli.doctor.broker import examine_broker
from tutti.cli.doctor.check import Check, Verdict, wrong
from tutti.cli.doctor.job_store import examine_store
from tutti.cli.doctor.settings import examine_settings
from tutti.cli.doctor.users import examine_users
from tutti.cli.exits import Exit
from tutti.cli.writing import printable
from tutti.fleet.errors import InputError
from tutti.settings import read_settings

_SIGNS = {Verdict.FINE: ("✓", "+", "green"), Verdict.CARE: ("!", "!", "yellow"), Verdict.WRONG: ("✗", "x", "bold red")}


def examine(*, json_only: bool) -> Exit:
    """Look at everything and show it; FAILED if something is wrong."""
    checks = []
    console = Console(highlight=False)
    for check in _checks():
        checks.append(check)
        if not json_only:
            _show(console, check)
    if json_only:
        sys.stdout.write(json.dumps([asdict(check) for check in checks], indent=1) + "\n")
    else:
        console.print(Text(_summary(checks), "bold"))
    return Exit.FAILED if any(check.verdict is Verdict.WRONG for check in checks) else Exit.DONE


def _checks() -> Iterator[Check]:
    try:
        settings = read_settings()
    except InputError as error:
        for finding in error.findings:
            yield wrong("settings", f"{finding}", "mend it; nothing else can be looked at before that")
        return
    yield from examine_settings(settings)
    yield from examine_users(settings)
    yield from examine_store(settings)
    yield from examine_broker(settings)


def _show(console: Console, check: Check) -> None:
    sign, plain, style = _SIGNS[check.verdict]
    sign = plain if console.options.ascii_only else sign
    console.print(
        Text.assemble((f"{sign} ", style), (f"{check.place:<10}", "dim"), printable(check.text)), soft_wrap=True
    )
    if check.advice:
        console.print(Text(f"{'':>12}{printable(check.advice)}", style), soft_wrap=True)


def _summary(checks: list[Check]) -> str:
    counts = {verdict: sum(check.verdict is verdict for check in checks) for verdict in Verdict}
    if counts[Verdict.WRONG]:
        return f"{counts[Verdict.WRONG]} wrong, {counts[Verdict.CARE]} to take care of"
    return f"nothing is wrong, {counts[Verdict.CARE]} to take care of" if counts[Verdict.CARE] else "all is well"
