"""How far a solve is: what stopping rules and callbacks are told."""

from dataclasses import dataclass

from tutti.fleet.plan import Bound, Objective, relative_gap


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a solve. Seconds since its start and since the last better plan; phase = the running stage."""

    seconds: float
    seconds_since_improvement: float
    phase: str
    objective: Objective
    bound: Bound
    rounds: int

    @property
    def gap(self) -> float | None:
        """As in `Certificate.gap`."""
        return relative_gap(self.objective, self.bound)


def before_a_plan(trips: int) -> tuple[Objective, Bound]:
    """What stands for a plan until there is one, a bus for each trip, and a bound that leaves everything open."""
    return Objective(trips, 0, 0), Bound(0)
