"""`solve(problem, ...) -> Result`: pure computation, no I/O save to companions; the stop rule has the only clock."""

from tutti.optimizer.solve import solve
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.progress import Progress
from tutti.optimizer.state.result import Result
from tutti.optimizer.state.stop import Stop, any_of, cancelled, gap, never, stalled, time_limit

__all__ = [
    "Callback",
    "Progress",
    "Result",
    "Stop",
    "any_of",
    "cancelled",
    "gap",
    "never",
    "solve",
    "stalled",
    "time_limit",
]
