"""Each fault: what it does to a fleet while jobs run, once."""

from tests.chaos.faults.clock import CLOCKS, LEFT_OUT
from tests.chaos.faults.fault import Blow, Fault
from tests.chaos.faults.kills import KILLS
from tests.chaos.faults.messages import MESSAGES
from tests.chaos.faults.pauses import PAUSES
from tests.chaos.faults.servers import SERVERS

FAULTS: tuple[Fault, ...] = (*KILLS, *PAUSES, *SERVERS, *MESSAGES, *CLOCKS)

__all__ = ["FAULTS", "LEFT_OUT", "Blow", "Fault"]
