"""Where the answer goes: files, and standard output."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from tutti.cli.outputs import write_whole
from tutti.cli.report import show
from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.spreadsheet import Form


class Written(NamedTuple):
    """The files that were written, and why others could not be."""

    places: Sequence[Path] = ()
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Targets:
    """Files, each if it is asked for; without `json_only` a report goes to standard output as well."""

    plan: Path | None = None
    page: Path | None = None
    table: Path | None = None
    drivers: Path | None = None
    json_only: bool = False

    @property
    def places(self) -> list[Path]:
        """The files that are asked for."""
        return [place for place in (self.plan, self.page, self.table, self.drivers) if place is not None]

    def write(self, document: dict[str, Any], day: Day, form: Form) -> Written:
        """Write each file, though another could not be. form: of the tables.

        The page of a week is that of its most frequent days.
        """
        places: list[Path] = []
        findings: list[Finding] = []
        for place, data in self._files(document, day, form):
            try:
                write_whole(place, data)
            except InputError as error:
                findings += error.findings
            else:
                places.append(place)
        return Written(places, findings)

    def show(self, document: dict[str, Any], day: Day, written: Written) -> None:
        """Print the document, or a report on it. Raises InputError after that if a file could not be written."""
        if self.json_only:
            sys.stdout.write(_as_json(document))
        else:
            show(Console(highlight=False), document, day, written.places)
        if written.findings:
            raise InputError(written.findings)

    def _files(self, document: dict[str, Any], day: Day, form: Form) -> Iterator[tuple[Path, bytes]]:
        if self.plan:
            yield self.plan, _as_json(document).encode()
        if self.page:
            from tutti.fleet.timeline import timeline_html  # noqa: PLC0415  # a template engine that most runs don't need

            yield self.page, timeline_html(document, day).encode()
        if self.table or self.drivers:
            from tutti.fleet.plan_table import document_csv, drivers_csv  # noqa: PLC0415

            for place, table_of in ((self.table, document_csv), (self.drivers, drivers_csv)):
                if place:
                    yield place, table_of(day, document, form.separator).encode(form.encoding)


def _as_json(document: Mapping[str, Any]) -> str:
    """A line for each field, and for each bus: to be read and compared by people, and written in no time."""
    return "{\n" + ",\n".join(f" {json.dumps(name)}: {_lines(value)}" for name, value in document.items()) + "\n}\n"


def _lines(value: object) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]"
