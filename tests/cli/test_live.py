"""The line that is shown while something is planned."""

import pytest

from tutti.cli.live import state_of
from tutti.fleet.plan import Bound, Objective


@pytest.mark.parametrize(
    ("objective", "bound", "line"),
    [
        (Objective(40, 100, 0), Bound(39), "dive: 40 buses (at least 39), deadhead 100 min, gap 2.50%, 7.2 s"),
        (Objective(40, 100, 0), Bound(40), "dive: 40 buses (at least 40), deadhead 100 min, gap unknown, 7.2 s"),
        (
            Objective(40, 100, 0, 9000, 1000),
            Bound(38, 90, 10_000),
            "dive: cost 10,000 (at least 10,000), 40 buses (at least 38), deadhead 100 min (at least 90), gap 10.00%, "
            "7.2 s",
        ),
    ],
)
def test_a_moment_of_a_solve_is_told_in_one_line(objective: Objective, bound: Bound, line: str) -> None:
    assert state_of("dive", objective, bound, 7.24) == line
