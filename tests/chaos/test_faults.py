"""Whatever dies, an accepted job is finished exactly once."""

from random import Random

import pytest

from tests.chaos.conftest import JOBS, SEED
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.fleet import Fleet
from tests.chaos.load import mixed_days
from tests.chaos.outcome import Outcome
from tests.chaos.round import Round

pytestmark = [pytest.mark.server, pytest.mark.chaos]

_STRIKES = 5
_FEW = {"short": 56, "long": 44}  # the long ones keep four workers busy while every fault strikes once


def test_every_job_ends_once_whatever_happens(fleet: Fleet, outcomes: list[Outcome]) -> None:
    rng = Random(SEED)
    strikes = rng.sample(FAULTS, len(FAULTS))
    everything = Round(fleet, "each of them, one after another", strikes, mixed_days(**_FEW, rng=rng))
    outcomes.append(everything.run(rng))
    assert not everything.violations


@pytest.mark.skipif(not JOBS, reason="make chaos tries each fault alone")
@pytest.mark.parametrize("fault", FAULTS if JOBS else [], ids=lambda fault: fault.name)
def test_every_job_ends_once_in_spite_of(fault: Fault, fleet: Fleet, outcomes: list[Outcome]) -> None:
    rng = Random(f"{fault.name} {SEED}")
    long = JOBS // _STRIKES
    round_ = Round(fleet, fault.name, [fault] * _STRIKES, mixed_days(JOBS - long, long, rng))
    outcomes.append(round_.run(rng))
    assert not round_.violations
