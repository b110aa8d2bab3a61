"""Twenty-four days and five SIGKILLs: what Tutti makes of them, and what a bare Celery task does."""

import time
from pathlib import Path
from random import Random

import pytest

from tests.chaos.comparison.sides import Busy, Side, TuttiSide, bare_side
from tests.chaos.conftest import JOBS, SEED
from tests.chaos.customer import Customer
from tests.chaos.fleet import Fleet, until
from tests.chaos.load import mixed_days
from tests.chaos.outcome import Comparison

pytestmark = [
    pytest.mark.server,
    pytest.mark.chaos,
    pytest.mark.skipif(not JOBS, reason="make chaos compares with bare Celery"),
]

_SHORT, _LONG, _LONG_S = 12, 12, 20
_KILLS = 5
_EACH_S = 7.0
_LEAST_SOLVED_S = 6.0
_PATIENCE_S = 240.0


def hurt(name: str, side: Side) -> Comparison:
    """Have all days planned while the worker that is furthest in its job is killed, five times, and replaced."""
    days = mixed_days(_SHORT, _LONG, Random(SEED), seconds=(_LONG_S, _LONG_S))
    side.submit(days)
    began, redone_s = time.monotonic(), 0.0
    for number in range(1, _KILLS + 1):
        time.sleep(max(0.0, began + number * _EACH_S - time.monotonic()))
        victim = furthest(side)
        victim.worker.kill()
        redone_s += victim.unsaved_s
        side.replace(victim.worker)
    until(lambda: side.done() == len(days) or time.monotonic() - began > _PATIENCE_S, "", 2 * _PATIENCE_S)
    return Comparison(name, side.done(), len(days), time.monotonic() - began, redone_s)


def furthest(side: Side) -> Busy:
    """The worker whose job has been solved for longest, once that is some seconds."""
    found: list[Busy] = []

    def look() -> bool:
        found[:] = sorted(side.busy(), key=lambda busy: busy.solved_s)
        return bool(found) and found[-1].solved_s >= _LEAST_SOLVED_S

    until(look, f"a job has been solved for {_LEAST_SOLVED_S} s")
    return found[-1]


def test_tutti_plans_every_day_in_spite_of_five_kills(fleet: Fleet, comparisons: list[Comparison]) -> None:
    fleet.mend()
    with Customer(fleet.addresses) as customer:
        comparisons.append(hurt("Tutti", TuttiSide(fleet, customer)))
    assert comparisons[-1].done == comparisons[-1].days


def test_bare_celery_plans_them_as_well(tmp_path: Path, comparisons: list[Comparison]) -> None:
    with bare_side(tmp_path) as side:
        comparisons.append(hurt("bare Celery", side))
    assert comparisons[-1].done  # how many is what the table tells
