"""A bus's day in one line of characters, under a scale of hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from rich.console import Console
from rich.text import Text

from tutti.cli.writing import Glyphs, printable
from tutti.fleet.blocks import deadheads
from tutti.fleet.departures import BusDay

_STYLES = {"entry": "color(33)", "exit": "color(214)", "deadhead": "default", "wait": "bright_black"}
_STEPS_MIN = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)  # whole cells an hour
_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Chart:
    """Cells of step_min minutes from first_min on, after a column of bus names name_width wide."""

    glyphs: Glyphs
    first_min: int
    last_min: int
    step_min: int
    name_width: int

    @classmethod
    def of(cls, console: Console, rows: Sequence[BusDay]) -> "Chart":
        """The finest steps with which the whole day fits the console's width."""
        first_min = min(row.block.leaves_min for row in rows) // 60 * 60
        last_min = max(row.block.back_min for row in rows)
        name_width = min(_LONGEST_NAME, max(len(row.block.id) for row in rows))
        cells = max(1, console.width - name_width - 2)
        fitting = (step for step in _STEPS_MIN if last_min - first_min <= step * cells)
        return cls(Glyphs.of(console), first_min, last_min, next(fitting, _STEPS_MIN[-1]), name_width)

    def hours(self) -> Text:
        """The scale: each hour that has room for its name."""
        cells_an_hour = 60 // self.step_min
        every = 1 if cells_an_hour > 2 else -(-3 // cells_an_hour)
        hours = range(self.first_min // 60, -(-self.last_min // 60), every)
        scale = "".join(f"{hour:02d}".ljust(cells_an_hour * every) for hour in hours)
        return Text(f"{'':{self.name_width}}  {scale.rstrip()}", style="bright_black")

    def line(self, row: BusDay) -> Text:
        """The bus's name and its day; what is later in the day is drawn over what is earlier, trips over the rest."""
        cells = [(" ", "")] * (self._cell(self.last_min) + 1)
        for begin_min, end_min in deadheads(row.block):
            self._draw(cells, begin_min, end_min, "deadhead")
        for trip in row.departures:
            self._draw(cells, trip.start_min - trip.wait_before_min, trip.start_min, "wait")
        for trip in row.departures:
            self._draw(cells, trip.start_min, max(trip.end_min, trip.start_min + self.step_min), trip.kind)
            start = self.glyphs.entry_start if trip.kind == "entry" else self.glyphs.exit_start
            cells[self._cell(trip.start_min)] = (start, _STYLES[trip.kind])
        name = printable(row.block.id)[: self.name_width]
        runs = (("".join(glyph for glyph, _ in run), style) for style, run in groupby(cells, key=itemgetter(1)))
        return Text.assemble(f"{name:{self.name_width}}  ", *runs)

    def legend(self) -> Text:
        """What the characters mean."""
        meanings = {"entry": "entry", "exit": "exit", "deadhead": "deadhead", "wait": "wait"}
        samples = [((self._glyph(kind) * 2, _STYLES[kind]), f" {name}   ") for kind, name in meanings.items()]
        scale = f"one character = {self.step_min} min"
        return Text.assemble(" " * (self.name_width + 2), *(part for sample in samples for part in sample), scale)

    def _draw(self, cells: list[tuple[str, str]], start_min: int, end_min: int, kind: str) -> None:
        for cell in range(self._cell(start_min), self._cell(end_min)):
            cells[cell] = (self._glyph(kind), _STYLES[kind])

    def _glyph(self, kind: str) -> str:
        glyph: str = getattr(self.glyphs, kind)
        return glyph

    def _cell(self, minute: int) -> int:
        """The cell whose beginning is nearest."""
        return (minute - self.first_min + self.step_min // 2) // self.step_min
