"""Plans a problem (`solve`) or a day by its options (`answer`, `plan_day`).

Pure computation, no I/O save to companions; the stop rule has the only clock.
"""

from tutti.optimizer.planning import Answer, answer, plan_day
from tutti.optimizer.solve import solve
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.progress import Progress
from tutti.optimizer.state.result import Result
from tutti.optimizer.state.stop import Stop, any_of, cancelled, gap, never, stalled, time_limit

__all__ = [
    "Answer",
    "Callback",
    "Progress",
    "Result",
    "Stop",
    "answer",
    "any_of",
    "cancelled",
    "gap",
    "never",
    "plan_day",
    "solve",
    "stalled",
    "time_limit",
]
