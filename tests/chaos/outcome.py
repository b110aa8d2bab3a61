"""What a fault did, as a row of the table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(slots=True)
class Outcome:
    """What became of the jobs of its round, and of those that it hit itself.

    moved: jobs that changed hands, hit by none. noticed_s: from each blow until the job that it hit was queued again;
    recovery_s: until it was claimed again, for which it waits for a worker that is free; any job, if it hit none.
    lost_work_s: solving that was in no checkpoint, of each job hit.
    """

    COLUMNS: ClassVar = (
        *("fault", "times", "jobs", "lost", "double", "failed", "moved"),
        *("queued again s, p50", "p95", "claimed again s, p50", "p95", "work lost s, p95"),
    )

    fault: str
    jobs: int
    lost: int
    double: int
    failed: int
    moved: int
    times: int = 0
    noticed_s: list[float] = field(default_factory=list)
    recovery_s: list[float] = field(default_factory=list)
    lost_work_s: list[float] = field(default_factory=list)

    def cells(self) -> list[str]:
        """As the table has it."""
        counts = [self.times, self.jobs, self.lost, self.double, self.failed, self.moved]
        times = [_percentile(times, percent) for times in (self.noticed_s, self.recovery_s) for percent in (50, 95)]
        return [self.fault, *map(str, counts), *times, _percentile(self.lost_work_s, 95)]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one side made of its days. seconds: until the last one had its plan. redone_s: solving done twice."""

    COLUMNS: ClassVar = ("side", "days planned", "time to the last, s", "solving done again, s")

    side: str
    done: int
    days: int
    seconds: float
    redone_s: float

    def cells(self) -> list[str]:
        """As the table has it."""
        return [self.side, f"{self.done} of {self.days}", f"{self.seconds:.0f}", f"{self.redone_s:.0f}"]


def table(rows: Sequence[Outcome] | Sequence[Comparison]) -> str:
    """All rows, in Markdown."""
    columns = rows[0].COLUMNS
    rule = ["---"] + ["---:"] * (len(columns) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in [columns, rule, *(one.cells() for one in rows)])


def _percentile(values: list[float], percent: int) -> str:
    if not values:
        return "-"
    if len(values) == 1:
        return f"{values[0]:.1f}"
    return f"{statistics.quantiles(values, n=100, method='inclusive')[percent - 1]:.1f}"
