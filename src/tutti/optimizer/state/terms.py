"""On what terms a problem is solved."""

from collections.abc import Sequence
from dataclasses import dataclass

from tutti.fleet.plan import Plan
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.stop import Stop, never


@dataclass(frozen=True, slots=True)
class Terms:
    """As those of `solve`."""

    stop: Stop = never
    seed: int = 0
    initial: Plan | None = None
    callbacks: Sequence[Callback] = ()
    cores: int = 1
