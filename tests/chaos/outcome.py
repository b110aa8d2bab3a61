"""What a fault did, as a row of the table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

_COLUMNS = ("fault", "times", "jobs", "lost", "double", "failed", "moved", "recovery s, p50", "p95", "work lost s, p95")


@dataclass(slots=True)
class Outcome:
    """recovery_s: from each blow until the job that it hit was claimed again; any job, if it hit none.

    lost_work_s: solving that was in no checkpoint, of each job hit. moved: jobs that changed hands, hit by none.
    """

    fault: str
    times: int
    jobs: int
    lost: int = 0
    double: int = 0
    failed: int = 0
    moved: int = 0
    recovery_s: list[float] = field(default_factory=list)
    lost_work_s: list[float] = field(default_factory=list)

    def cells(self) -> list[str]:
        """As the table has it."""
        counts = [self.times, self.jobs, self.lost, self.double, self.failed, self.moved]
        shares = [_percentile(self.recovery_s, 50), _percentile(self.recovery_s, 95), _percentile(self.lost_work_s, 95)]
        return [self.fault, *map(str, counts), *shares]


def table(outcomes: Sequence[Outcome]) -> str:
    """All rows, in Markdown."""
    rule = ["---"] + ["---:"] * (len(_COLUMNS) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in [_COLUMNS, rule, *(one.cells() for one in outcomes)])


def _percentile(values: list[float], percent: int) -> str:
    if not values:
        return "-"
    if len(values) == 1:
        return f"{values[0]:.1f}"
    return f"{statistics.quantiles(values, n=100, method='inclusive')[percent - 1]:.1f}"
