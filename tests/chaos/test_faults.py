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
_ENOUGH = 100  # jobs of a round with every fault: there are some to hit until the last strike
_MOST_ACTIVE = 16  # of them at a time: the round is over soon after that
_LONG_SHARE = 0.44  # of them: they keep four workers busy while every fault strikes once


def test_every_job_ends_once_whatever_happens(fleet: Fleet, outcomes: list[Outcome]) -> None:
    rng = Random(SEED)
    jobs = max(JOBS, _ENOUGH)
    long = round(_LONG_SHARE * jobs)
    strikes = rng.sample(FAULTS, len(FAULTS))
    most_active = None if JOBS else _MOST_ACTIVE
    everything = Round(fleet, strikes, mixed_days(jobs - long, long, rng), most_active=most_active)
    outcomes += everything.run(rng)
    assert not everything.violations


@pytest.mark.skipif(not JOBS, reason="make chaos tries each fault alone")
@pytest.mark.parametrize("fault", FAULTS if JOBS else [], ids=lambda fault: fault.name)
def test_every_job_ends_once_in_spite_of(fault: Fault, fleet: Fleet, outcomes: list[Outcome]) -> None:
    rng = Random(f"{fault.name} {SEED}")
    long = JOBS // 3  # so that there are jobs to hit until the last strike
    round_ = Round(fleet, [fault] * _STRIKES, mixed_days(JOBS - long, long, rng), apart=True)
    outcomes += round_.run(rng)
    assert not round_.violations
