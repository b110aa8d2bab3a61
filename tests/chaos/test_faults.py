"""Whatever dies, an accepted job is finished exactly once. CHAOS_JOBS and CHAOS_SEED choose how many, and which."""

import pytest

from tests.chaos.conftest import JOBS, SEED
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.fleet import Fleet
from tests.chaos.outcome import Outcome
from tests.chaos.round import Round

pytestmark = [pytest.mark.server, pytest.mark.chaos]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_job_ends_once_in_spite_of(fault: Fault, fleet: Fleet, outcomes: list[Outcome]) -> None:
    round_ = Round(fleet, fault, JOBS, SEED)
    outcomes.append(round_.run())
    assert not round_.violations
