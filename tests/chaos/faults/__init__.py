"""Each fault: what it does to a fleet while jobs run, once."""

from tests.chaos.faults.fault import Blow, Fault
from tests.chaos.faults.kills import KILLS

FAULTS: tuple[Fault, ...] = KILLS

__all__ = ["FAULTS", "Blow", "Fault"]
