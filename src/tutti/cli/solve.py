"""`tutti solve`: from a file of routes to a plan on the terminal and in files."""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from tutti.cli.exits import Exit
from tutti.cli.inputs import day_from
from tutti.cli.interrupt import Interruptible
from tutti.cli.live import LiveLine
from tutti.cli.outputs import try_places, write_whole
from tutti.cli.report import show
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.options import Options
from tutti.fleet.plan import Status
from tutti.optimizer import Result, Stop, any_of, gap, solve, time_limit


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen on the command line; None leaves it to the file."""

    time_limit_s: float | None = None
    gap: float | None = None
    seed: int | None = None

    def over(self, options: Options) -> Options:
        """The file's options with these over them."""
        chosen = {"time_limit_s": self.time_limit_s, "gap": self.gap, "seed": self.seed}
        return replace(options, **{name: value for name, value in chosen.items() if value is not None})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Targets:
    """Where the answer goes; without `json_only` a report goes to standard output as well."""

    plan: Path | None = None
    page: Path | None = None
    table: Path | None = None
    json_only: bool = False

    @property
    def places(self) -> list[Path]:
        """The files that are asked for."""
        return [place for place in (self.plan, self.page, self.table) if place is not None]


def solve_file(file: str, choices: Choices, targets: Targets) -> Exit:
    """Read, solve, write and show. Raises InputError before solving if anything given can't be used."""
    try_places(targets.places, [file])
    with LiveLine(Console(stderr=True)) as line:
        line.say("reading the routes")
        day = day_from(file)
        day = replace(day, options=choices.over(day.options))
        with Interruptible() as interruptible:
            result = _solve(day, any_of(line.rule, interruptible.rule))
        document = plan_document(day, result.plan, result.certificate)
        line.say("writing the plan")
        written = _write(targets, document, day, result)
    if targets.json_only:
        sys.stdout.write(_as_json(document))
    else:
        show(Console(highlight=False), document, day, written)
    if result.plan is None:
        return Exit.FAILED
    interrupted = interruptible.happened.is_set() and result.certificate.status is Status.STOPPED
    return Exit.INTERRUPTED if interrupted else Exit.DONE


def _solve(day: Day, stop: Stop) -> Result:
    rules = [stop]
    if day.options.time_limit_s is not None:
        rules.append(time_limit(day.options.time_limit_s))
    if day.options.gap is not None:
        rules.append(gap(day.options.gap))
    return solve(day.problem(), stop=any_of(*rules), seed=day.options.seed)


def _write(targets: Targets, document: dict[str, Any], day: Day, result: Result) -> list[Path]:
    """Write the files that are asked for, none without a plan; the ones that were written."""
    if result.plan is None:
        return []
    if targets.plan:
        write_whole(targets.plan, _as_json(document))
    if targets.page:
        from tutti.fleet.timeline import timeline_html  # noqa: PLC0415  # a template engine that most runs don't need

        write_whole(targets.page, timeline_html(document, day))
    if targets.table:
        from tutti.fleet.tables import plan_csv  # noqa: PLC0415

        write_whole(targets.table, plan_csv(day, result.plan))
    return targets.places


def _as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1) + "\n"
